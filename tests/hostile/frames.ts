/** Frames of every kind, as they should be: what is damaged before it is sent. */
import type { SeededRandom } from '@tributary/database/testing';
import {
  encodeClientFrame,
  encodeServerFrame,
  PROTOCOL_VERSION,
  type ClientFrameInit,
  type ServerFrameInit,
} from '@tributary/sync/protocol';
import { richBatch } from './batches.ts';
import { deeplyNested, hugeLength } from './poison.ts';
import { mutate, randomBytes } from './mutate.ts';

export type HelloInit = Extract<ClientFrameInit, { case: 'hello' }>['value'];

export const VERSIONS = { protocolVersion: PROTOCOL_VERSION, minVersion: PROTOCOL_VERSION } as const;

export function clientFrame(hello: HelloInit, random: SeededRandom): Uint8Array {
  const siteId = hello.siteId ?? new Uint8Array(16);
  const frames: (() => ClientFrameInit)[] = [
    () => ({ case: 'hello', value: hello }),
    () => ({ case: 'push', value: { batch: richBatch(siteId, random.below(4), random) } }),
    () => ({ case: 'renew', value: { token: hello.token ?? '' } }),
    () => ({ case: 'refilled', value: {} }),
    () => ({ case: 'presence', value: { state: randomBytes(random, random.below(50)) } }),
    () => ({ case: 'ping', value: { id: random.below(2 ** 32) } }),
    () => ({ case: 'pong', value: { id: random.below(2 ** 32), head: 5n } }),
    () => ({ case: 'received', value: { seq: BigInt(random.below(1e6)) } }),
  ];
  return encodeClientFrame(random.pick(frames)());
}

/** What only the relay may say. */
export function serverFrame(random: SeededRandom): Uint8Array {
  const frames: readonly ServerFrameInit[] = [
    { case: 'welcome', value: { epoch: 'e', head: 5n, role: 'owner' } },
    { case: 'ack', value: { toVersion: 1n, seq: 1n, mark: 7 } },
    {
      case: 'deliver',
      value: { entries: [{ seq: 1n, siteId: randomBytes(random, 16), batch: randomBytes(random, 40) }] },
    },
    { case: 'caughtUp', value: { head: 9n } },
    { case: 'receipt', value: { projectedSeq: 9n } },
    { case: 'refill', value: {} },
    { case: 'reject', value: { code: 'busy', message: 'no' } },
    { case: 'presence', value: { userId: 'somebody' } },
  ];
  return encodeServerFrame(random.pick(frames));
}

/** Nothing of what it should be, in one way or another. */
export function damagedFrame(hello: HelloInit, random: SeededRandom): Uint8Array {
  switch (random.below(10)) {
    case 0:
      return randomBytes(random, random.below(random.pick([4, 64, 2_000])));
    case 1:
      return serverFrame(random);
    case 2:
      return hugeLength(random);
    case 3:
      return random.chance(0.1) ? deeplyNested(random) : new Uint8Array(0);
    case 4:
      return mutate(mutate(clientFrame(hello, random), random), random);
    default:
      return mutate(clientFrame(hello, random), random);
  }
}
