/**
 * Time that stands still until it is told to go on. What is due runs in order of time, and then of having been asked for,
 * so the same calls give the same run, however many clients and relays share the clock.
 */
import type { Clock } from '../client/clock.ts';

interface Task {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Nobody waits for so much: something keeps itself alive. */
const ENDLESS_TASKS = 1_000_000;

export class ManualClock implements Clock {
  readonly #startMs: number;
  /** Next one last. */
  readonly #tasks: Task[] = [];
  #deferred: (() => void)[] = [];
  #uptimeMs = 0;
  #skewMs = 0;
  #order = 0;

  constructor(startMs = Date.UTC(2025, 0, 1)) {
    this.#startMs = startMs;
  }

  now(): number {
    return this.#startMs + this.#uptimeMs + this.#skewMs;
  }

  /** Since the clock was made. */
  uptimeMs(): number {
    return this.#uptimeMs;
  }

  /** As somebody does who sets the time of a computer: no timer comes earlier or later for it. */
  setNow(ms: number): void {
    this.#skewMs = ms - this.#startMs - this.#uptimeMs;
  }

  setTimeout(callback: () => void, delayMs: number): () => void {
    const task = { dueMs: this.#uptimeMs + Math.max(0, delayMs), order: this.#order++, run: callback };
    this.#tasks.splice(this.#placeOf(task), 0, task);
    return () => {
      const place = this.#placeOf(task);
      if (this.#tasks[place] === task) this.#tasks.splice(place, 1);
    };
  }

  /** Before anything else that is due, as a microtask is. */
  defer(callback: () => void): void {
    this.#deferred.push(callback);
  }

  yield(callback: () => void): void {
    this.setTimeout(callback, 0);
  }

  /** Lets so much time pass, and runs what becomes due in it. */
  advance(ms: number): void {
    const untilMs = this.#uptimeMs + ms;
    while (this.#runNextBy(untilMs));
    this.#uptimeMs = untilMs;
  }

  /** Runs everything, whenever it is due, until there is nothing left to run. */
  runAll(): void {
    for (let tasks = 0; this.runNext(); tasks++) assertNotEndless(tasks);
  }

  /** Runs what is due next, now or later; false if there is nothing. */
  runNext(): boolean {
    return this.#runNextBy(Infinity);
  }

  /** As `advance`, for code that also waits for promises: each task's have settled before the next task runs. */
  async advanceAsync(ms: number): Promise<void> {
    const untilMs = this.#uptimeMs + ms;
    do await settlePromises();
    while (this.#runNextBy(untilMs));
    this.#uptimeMs = untilMs;
  }

  /** As `runAll`, for code that also waits for promises. */
  async runAllAsync(): Promise<void> {
    for (let tasks = 0; ; tasks++) {
      await settlePromises();
      if (!this.runNext()) return;
      assertNotEndless(tasks);
    }
  }

  /** Lets time pass until this is so; false if it is not by then. Promises settle as in `advanceAsync`. */
  async advanceUntil(isSo: () => boolean, withinMs: number): Promise<boolean> {
    const untilMs = this.#uptimeMs + withinMs;
    for (;;) {
      await settlePromises();
      if (isSo()) return true;
      if (!this.#runNextBy(untilMs)) break;
    }
    this.#uptimeMs = untilMs;
    return isSo();
  }

  /** How much is still to run. */
  get pending(): number {
    return this.#tasks.length + this.#deferred.length;
  }

  #runNextBy(untilMs: number): boolean {
    const deferred = this.#deferred.shift();
    if (deferred !== undefined) {
      deferred();
      return true;
    }
    const next = this.#tasks.at(-1);
    if (next === undefined || next.dueMs > untilMs) return false;
    this.#tasks.pop();
    this.#uptimeMs = Math.max(this.#uptimeMs, next.dueMs);
    next.run();
    return true;
  }

  /** Where the task is, or would be. */
  #placeOf({ dueMs, order }: Task): number {
    let [low, high] = [0, this.#tasks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#tasks[middle] as Task;
      const isLater = other.dueMs === dueMs ? other.order > order : other.dueMs > dueMs;
      if (isLater) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function assertNotEndless(tasks: number): void {
  if (tasks >= ENDLESS_TASKS) throw new RangeError(`there is still something to run after ${ENDLESS_TASKS} tasks`);
}

/** However many of them wait for one another. */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
