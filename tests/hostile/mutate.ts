import type { SeededRandom } from '@tributary/database/testing';

/** Bytes that were good once, and have been damaged in one of many ways. */
export function mutate(good: Uint8Array, random: SeededRandom): Uint8Array {
  const at = random.below(good.length + 1);
  switch (random.below(8)) {
    case 0:
      return good.subarray(0, at);
    case 1:
      return Buffer.concat([good, randomBytes(random, 1 + random.below(20))]);
    case 2:
      return Buffer.concat([good.subarray(0, at), randomBytes(random, 1 + random.below(8)), good.subarray(at)]);
    case 3:
      return Buffer.concat([good.subarray(0, at), good.subarray(at + 1 + random.below(8))]);
    case 4:
      // Fields twice, or in another's place.
      return Buffer.concat([good, good.subarray(at)]);
    case 5:
      return withBytesAt(
        good,
        at,
        Uint8Array.from({ length: 1 + random.below(9) }, () => random.pick([0, 0x7f, 0x80, 0xff])),
      );
    default:
      return withFlippedBits(good, random);
  }
}

export function randomBytes(random: SeededRandom, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function withBytesAt(good: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  const damaged = Uint8Array.from(good);
  damaged.set(bytes.subarray(0, damaged.length - at), at);
  return damaged;
}

function withFlippedBits(good: Uint8Array, random: SeededRandom): Uint8Array {
  const damaged = Uint8Array.from(good);
  for (let flips = 1 + random.below(4); flips > 0; flips--) {
    const at = random.below(damaged.length);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << random.below(8));
  }
  return damaged;
}
