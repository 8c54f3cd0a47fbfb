/** What somebody might send who means harm, or whose program is broken: bytes of every kind of wrongness, from one seed. */
import { packKey, SENTINEL, type Change } from '@tributary/database/changes';
import type { SeededRandom } from '@tributary/database/testing';
import { encodeBatch, encodeClientFrame, PROTOCOL_VERSION, type ClientFrameInit } from '@tributary/sync/protocol';

export interface HostileOptions {
  readonly random: SeededRandom;
  readonly siteId: Uint8Array;
  readonly workspaceId: string;
  readonly token: string;
}

/** A message, as bytes or as text. */
export function hostileMessage(options: HostileOptions): Uint8Array | string {
  const { random } = options;
  switch (random.below(9)) {
    case 0:
      return randomBytes(random, random.below(random.pick([8, 200, 4_000])));
    case 1:
      return truncated(random, anyFrame(options));
    case 2:
    case 3:
    case 4:
      return flipped(random, anyFrame(options));
    case 5:
      return spliced(random, anyFrame(options), anyFrame(options));
    case 6:
      return hugeLength(random);
    case 7:
      return random.chance(0.5) ? 'text' : new Uint8Array(0);
    default:
      return encodeClientFrame({ case: 'push', value: { batch: poisonedBatch(options) } });
  }
}

/** A batch that is well-formed as bytes, and must not be stored. */
export function poisonedBatch({ random, siteId }: HostileOptions): Uint8Array {
  const good = {
    table: 'notes',
    pk: packKey(['n']),
    cid: 'title',
    val: 'x',
    colVersion: 1,
    cl: 1,
    seq: 0,
    dbVersion: 1,
  };
  const poison: Partial<Change> = random.pick<Partial<Change>>([
    { cl: 2 ** 31 },
    { colVersion: 2 ** 31 },
    { colVersion: 2 ** 32 - 1, cl: 3 },
    { cl: 2 },
    { cid: SENTINEL, val: 'a value', cl: 1 },
    { cid: SENTINEL, val: null, colVersion: 5, cl: 1 },
    { pk: packKey(['a', 'b']) },
    { pk: packKey([1n]) },
    { pk: packKey([]) },
    { pk: new Uint8Array(0) },
    { pk: Uint8Array.from([9, 9, 9]) },
    { pk: packKey(['k'.repeat(5_000)]) },
    { table: 'crsql_changes' },
    { table: 'sqlite_master' },
    { table: 'notes__crsql_clock' },
    { table: '' },
    { table: 'a table; DROP TABLE notes' },
    { cid: 'no"column' },
    { cid: 'x'.repeat(200) },
    { val: 5n },
    { val: 'v'.repeat(1_100_000) },
    { seq: 2 ** 31 - 1, dbVersion: 1, cl: 0 },
  ]);
  const change: Change = { ...good, siteId, ...poison };
  return encodeBatch({ ...HEADER, changes: [change] });
}

const HEADER = { prevVersion: 0, toVersion: 1, base: undefined, refill: false, fragment: undefined } as const;

function anyFrame({ random, siteId, workspaceId, token }: HostileOptions): Uint8Array {
  const change = { table: 'notes', pk: packKey([`n${random.below(100)}`]), cid: 'title', val: 'x', siteId };
  const changes = [{ ...change, colVersion: 1, cl: 1, seq: 0, dbVersion: 1 }];
  const batch = encodeBatch({ ...HEADER, changes: random.chance(0.9) ? changes : [] });
  const frames: ClientFrameInit[] = [
    { case: 'hello', value: { protocolVersion: PROTOCOL_VERSION, minVersion: 1, token, workspaceId, siteId } },
    { case: 'push', value: { batch } },
    { case: 'push', value: { batch } },
    { case: 'renew', value: { token } },
    { case: 'refilled', value: {} },
    { case: 'presence', value: { state: randomBytes(random, random.below(6_000)) } },
    { case: 'received', value: { seq: BigInt(random.below(2 ** 30)) } },
    { case: 'ping', value: { id: random.below(2 ** 32) } },
  ];
  return encodeClientFrame(random.pick(frames));
}

function randomBytes(random: SeededRandom, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function truncated(random: SeededRandom, message: Uint8Array): Uint8Array {
  return message.subarray(0, random.below(message.length + 1));
}

function flipped(random: SeededRandom, message: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(message);
  for (let flips = 1 + random.below(8); flips > 0; flips--) {
    const at = random.below(Math.min(bytes.length, random.pick([16, 64, 100_000])));
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  return bytes;
}

function spliced(random: SeededRandom, one: Uint8Array, other: Uint8Array): Uint8Array {
  return Uint8Array.from([...truncated(random, one), ...other.subarray(random.below(other.length))]);
}

/** A field that says it is gigabytes long, and is not. */
function hugeLength(random: SeededRandom): Uint8Array {
  const tag = (random.below(12) << 3) | 2;
  return Uint8Array.from([tag, 0xff, 0xff, 0xff, 0xff, 0x07, ...randomBytes(random, random.below(50))]);
}
