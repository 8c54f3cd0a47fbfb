/** Prints the median and the range; returns the median. */
export function printFigures(title, numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(`${title}: ${format(median)} [${format(sorted[0])} .. ${format(sorted.at(-1))}]`);
  return median;
}

export function percentile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function format(number) {
  if (number >= 1_000) return Math.round(number).toLocaleString('en');
  return number >= 100 ? number.toFixed(0) : number.toPrecision(3);
}
