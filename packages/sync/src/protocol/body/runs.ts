/** Runs of changes that have something in common, by their sizes. That of the last is left out: it has what remains. */
import { malformed } from '../errors.ts';
import { VarintReader } from '../wire/varints.ts';

export function sizesOfRuns(stream: Uint8Array | undefined, changeCount: number): number[] {
  const sizes: number[] = [];
  let left = changeCount;
  for (const reader = new VarintReader(stream ?? new Uint8Array(0)); !reader.isAtEnd;) {
    const size = reader.uint32();
    if (size === 0 || size >= left) throw malformed('the runs of a batch are longer than its changes');
    sizes.push(size);
    left -= size;
  }
  if (left > 0) sizes.push(left);
  return sizes;
}
