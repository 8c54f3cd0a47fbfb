/**
 * Group commit: the pushes of all workspaces that arrived in one turn of the event loop share one transaction, and one
 * fsync. While that is under way, the next group gathers.
 */
import type { Clock } from '../clock.ts';
import type { Append, Appended, Log } from '../log/log.ts';

/** A checked push on its way to the disk. */
export interface PendingAppend {
  readonly append: Append;
  /** So that what an author pushed after a failed push fails, too. */
  readonly author: object;
  /** Publishes what it has been told of, once the whole group is stored. */
  readonly room: { publish(): void };
  /** It may not be stored any more, and nobody waits for an answer. */
  isObsolete(): boolean;
  stored(appended: Appended): void;
  failed(): void;
}

export interface CommitterOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly onCommitted: (durationMs: number) => void;
  readonly onFailed: (error: unknown) => void;
}

export class Committer {
  readonly #options: CommitterOptions;
  /** Undefined where one has failed before its turn. */
  #queue: (PendingAppend | undefined)[] = [];
  #isScheduled = false;
  #isStopped = false;
  #added = 0;
  #done = 0;
  #waiting: { readonly upTo: number; readonly resolve: () => void }[] = [];

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  add(pending: PendingAppend): void {
    this.#queue.push(pending);
    this.#added++;
    this.#schedule();
  }

  /** When everything that has been added so far is stored or has failed. */
  settled(): Promise<void> {
    if (this.#done === this.#added) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ upTo: this.#added, resolve }));
  }

  /** What is not stored by now never will be. */
  stop(): void {
    this.#isStopped = true;
    this.#queue = [];
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.clock.defer(() => void this.#commit());
  }

  async #commit(): Promise<void> {
    if (this.#isStopped) return;
    const group = this.#queue;
    this.#queue = [];
    const wanted: PendingAppend[] = [];
    for (const pending of group) {
      if (pending?.isObsolete()) pending.failed();
      else if (pending !== undefined) wanted.push(pending);
    }
    if (wanted.length > 0) await this.#append(wanted);
    this.#done += group.length;
    this.#wake();
    this.#isScheduled = false;
    if (this.#queue.length > 0) this.#schedule();
  }

  async #append(group: readonly PendingAppend[]): Promise<void> {
    const { log, clock, onCommitted } = this.#options;
    const startedAtMs = clock.uptimeMs();
    let answers: readonly Appended[];
    try {
      answers = await log.append(group.map(({ append }) => append));
    } catch (error) {
      this.#fail(error, group);
      return;
    }
    if (this.#isStopped) return;
    onCommitted(clock.uptimeMs() - startedAtMs);
    for (const [index, answer] of answers.entries()) group[index]?.stored(answer);
    for (const room of new Set(group.map((pending) => pending.room))) room.publish();
  }

  /** With the group fails what its authors have pushed since, because that builds on what is not there. */
  #fail(error: unknown, group: readonly PendingAppend[]): void {
    const authors = new Set(group.map(({ author }) => author));
    const followers = this.#queue.filter((pending) => pending !== undefined && authors.has(pending.author));
    this.#queue = this.#queue.map((pending) =>
      pending !== undefined && authors.has(pending.author) ? undefined : pending,
    );
    for (const pending of [...group, ...followers]) pending?.failed();
    this.#options.onFailed(error);
  }

  #wake(): void {
    const reached = this.#waiting.filter(({ upTo }) => upTo <= this.#done);
    this.#waiting = this.#waiting.filter(({ upTo }) => upTo > this.#done);
    for (const { resolve } of reached) resolve();
  }
}
