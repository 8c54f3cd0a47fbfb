import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { createSeededRandom, seedOfRun } from '@tributary/database/testing';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from './errors.ts';
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
  type ClientFrameInit,
  type ServerFrameInit,
} from './frames.ts';
import { ClientFrameSchema, ServerFrameSchema } from './gen/tributary_pb.ts';

const SITE = new Uint8Array(16).fill(7);
const BATCH = Uint8Array.of(1, 2, 3);

const presence = { sessionId: 's1', siteId: SITE, userId: 'u1', state: Uint8Array.of(9), gone: true } as const;

const CLIENT_FRAMES: ClientFrameInit[] = [
  {
    case: 'hello',
    value: {
      protocolVersion: 1,
      minVersion: 1,
      token: 'secret',
      workspaceId: 'w1',
      siteId: SITE,
      schemaVersion: 12,
      epoch: 'e1',
      cursor: 2n ** 53n,
      mark: 2 ** 32 - 1,
      client: 'test 1.0',
      wantsRefill: true,
    },
  },
  { case: 'push', value: { batch: BATCH } },
  { case: 'renew', value: { token: 'fresh' } },
  { case: 'refilled', value: {} },
  { case: 'presence', value: presence },
  { case: 'ping', value: { id: 7 } },
  { case: 'pong', value: { id: 7, head: 5n } },
  { case: 'received', value: { seq: 4n } },
];

const SERVER_FRAMES: ServerFrameInit[] = [
  {
    case: 'welcome',
    value: {
      protocolVersion: 1,
      epoch: 'e1',
      head: 9n,
      role: 'editor',
      limits: { maxFrameBytes: 1, maxChangesPerBatch: 2, maxValueBytes: 3, maxVersionBytes: 4 },
      ackedVersion: 3n,
      ackedSeq: 4n,
      serverTimeMs: 1_700_000_000_000n,
      sessionId: 's1',
      heartbeatMs: 30_000,
    },
  },
  { case: 'ack', value: { toVersion: 3n, seq: 4n, mark: 5 } },
  { case: 'deliver', value: { mark: 5, entries: [{ seq: 4n, siteId: SITE, knownVersion: 2n, batch: BATCH }, {}] } },
  { case: 'caughtUp', value: { head: 9n } },
  { case: 'receipt', value: { projectedSeq: 8n } },
  { case: 'refill', value: {} },
  { case: 'reject', value: { code: 'read_only', message: 'no', toVersion: 3n, retryAfterMs: 100 } },
  { case: 'presence', value: presence },
  { case: 'ping', value: { id: 7 } },
  { case: 'pong', value: { id: 7, head: 5n } },
];

/** Both sides alike, so the kinds are not told apart by type. */
interface Side {
  readonly side: string;
  readonly schema: typeof ClientFrameSchema | typeof ServerFrameSchema;
  readonly frames: readonly { case: string; value: object }[];
  readonly decode: (bytes: Uint8Array) => { case: string; value: object };
  readonly encode: (frame: { case: string; value: object }) => Uint8Array;
}

const SIDES: Side[] = [
  {
    side: 'a client',
    schema: ClientFrameSchema,
    frames: CLIENT_FRAMES,
    decode: decodeClientFrame,
    encode: (frame) => encodeClientFrame(frame as ClientFrameInit),
  },
  {
    side: 'the relay',
    schema: ServerFrameSchema,
    frames: SERVER_FRAMES,
    decode: decodeServerFrame,
    encode: (frame) => encodeServerFrame(frame as ServerFrameInit),
  },
];

describe.each(SIDES)('frames of $side', ({ schema, frames, decode, encode }) => {
  test.each(frames)('of the kind $case come back as they were', (frame) => {
    const decoded = decode(encode(frame));
    expect(decoded.case).toBe(frame.case);
    expect(decoded.value).toMatchObject(frame.value);
    expect(encode(decoded)).toEqual(encode(frame));
  });

  test('are all of the kinds that the protocol has', () => {
    const kinds = schema.oneofs[0]!.fields.map(({ localName }) => localName);
    expect(frames.map((frame) => frame.case)).toEqual(kinds);
  });

  test('of a kind that is not known are malformed', () => {
    const unknown = new BinaryWriter().tag(99, WireType.LengthDelimited).bytes(BATCH).finish();
    expect(() => decode(unknown)).toThrow(expect.objectContaining({ code: 'malformed_frame' }));
    expect(() => decode(new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'malformed_frame' }));
  });

  test('may have fields that are not known, which are skipped', () => {
    const ping = new BinaryWriter().tag(1, WireType.Varint).uint32(7).tag(99, WireType.Varint).uint32(1).finish();
    const { number } = schema.field.ping;
    const frame = new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(ping).finish();
    const unknown = new BinaryWriter().tag(98, WireType.LengthDelimited).bytes(BATCH).finish();
    const decoded = decode(Uint8Array.of(...unknown, ...frame));
    expect(decoded).toMatchObject({ case: 'ping', value: { id: 7 } });
    expect(encode(decoded)).toEqual(encode({ case: 'ping', value: { id: 7 } }));
  });

  const seed = seedOfRun();

  test(`that are random or damaged bytes are frames or malformed (seed ${seed})`, () => {
    const random = createSeededRandom(seed);
    const samples = frames.map((frame) => encode(frame));
    let refused = 0;
    for (let i = 0; i < 10_000; i++) {
      const bytes = random.chance(0.5)
        ? Uint8Array.from({ length: random.below(40) }, () => random.below(256))
        : damaged(random.pick(samples), random);
      if (isRefused(() => decode(bytes))) refused++;
    }
    expect(refused).toBeGreaterThan(1_000);
  });
});

function damaged(frame: Uint8Array, random: { below(limit: number): number }): Uint8Array {
  const bytes = frame.slice(0, random.below(frame.length * 2));
  bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

function isRefused(decode: () => unknown): boolean {
  try {
    decode();
    return false;
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'malformed_frame') return true;
    throw error;
  }
}
