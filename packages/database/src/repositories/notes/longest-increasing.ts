/**
 * The indexes of one longest strictly increasing run of `values`, skipping holes, in O(n log n): what can stay where it
 * is when the rest is moved around it.
 */
export function longestIncreasing(values: readonly (Comparable | undefined)[]): number[] {
  // tails[k] is the index of the smallest value that ends an increasing run of length k + 1.
  const tails: number[] = [];
  const tailValues: Comparable[] = [];
  const previous: number[] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const length = firstNotBelow(tailValues, value);
    previous[index] = length > 0 ? (tails[length - 1] ?? -1) : -1;
    tails[length] = index;
    tailValues[length] = value;
  }
  const run: number[] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) run.push(index);
  return run.toReversed();
}

/** All of one type within one list. */
type Comparable = string | number;

/** The first place in the sorted list whose value is not below `value`. */
function firstNotBelow(sorted: readonly Comparable[], value: Comparable): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const candidate = sorted[middle];
    if (candidate !== undefined && candidate < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
