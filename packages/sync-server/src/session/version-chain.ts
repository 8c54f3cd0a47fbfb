/**
 * Whether a push follows on the one before it. A client pushes ahead without waiting for answers, so once one push was not
 * stored, those behind it must not be either: the log would have a hole that nobody ever sees.
 */
export class VersionChain {
  /** Where the next push has to begin: just there after an accepted push, there or before where there is none. */
  #next = Infinity;
  #isExact = false;

  follows(prevVersion: number): boolean {
    return this.#isExact ? prevVersion === this.#next : prevVersion <= this.#next;
  }

  accepted(toVersion: number): void {
    this.#next = toVersion;
    this.#isExact = true;
  }

  /** A push that was answered with a Reject. */
  refused(prevVersion: number): void {
    if (!this.#isExact) this.#next = Math.min(this.#next, prevVersion);
  }

  /** A push that was accepted and then could not be stored. */
  undone(prevVersion: number): void {
    this.#next = Math.min(this.#next, prevVersion);
    this.#isExact = false;
  }
}
