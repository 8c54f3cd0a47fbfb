import { packKey, type Change } from '@tributary/database/changes';

/** A 64-bit fingerprint of what a change says, whoever says it and when: cell, clocks of the merge, and typed value. */
export function hashChange({ table, pk, cid, val, colVersion, cl }: Change): bigint {
  const lanes = new Uint32Array(SEEDS);
  hashBytes(lanes, packKey([table, cid, val, BigInt(colVersion), BigInt(cl)]));
  hashBytes(lanes, pk);
  const high = avalanche(lanes[0] ?? 0);
  const low = avalanche((lanes[1] ?? 0) ^ high);
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
}

/** Two lanes of 32 bits that know nothing of each other until the end: what collides in one does not in the other. */
const SEEDS = [0x9747b28c, 0x2e1f5a7d] as const;

function hashBytes(lanes: Uint32Array, bytes: Uint8Array): void {
  let one = (lanes[0] ?? 0) ^ bytes.length;
  let other = (lanes[1] ?? 0) ^ bytes.length;
  for (const byte of bytes) {
    one = Math.imul(one ^ byte, 0xcc9e2d51);
    one = Math.imul((one << 15) | (one >>> 17), 0x1b873593);
    other = Math.imul(other ^ byte, 0x85ebca6b);
    other = Math.imul((other << 13) | (other >>> 19), 0xc2b2ae35);
  }
  lanes[0] = one;
  lanes[1] = other;
}

/** The end of MurmurHash3: each bit depends on all. */
function avalanche(lane: number): number {
  let bits = lane ^ (lane >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
