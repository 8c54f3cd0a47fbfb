/** How alike two texts are, from 0 to 1: the share of neighbouring character pairs they have in common (Dice). */
export class BlockFingerprint {
  readonly #counts = new Map<string, number>();
  readonly #total: number;

  constructor(source: string) {
    // The padding lets first and last characters count, and makes a pair of a single one.
    const padded = ` ${source.slice(0, MAX_COMPARED_LENGTH)} `;
    this.#total = padded.length - 1;
    for (let at = 0; at < this.#total; at++) {
      const pair = padded.slice(at, at + 2);
      this.#counts.set(pair, (this.#counts.get(pair) ?? 0) + 1);
    }
  }

  similarityTo(other: BlockFingerprint): number {
    let common = 0;
    for (const [pair, count] of this.#counts) common += Math.min(count, other.#counts.get(pair) ?? 0);
    return (2 * common) / (this.#total + other.#total);
  }
}

/** Of longer blocks, such as code, the beginning decides. */
const MAX_COMPARED_LENGTH = 1_000;
