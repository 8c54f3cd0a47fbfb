/** How far something is, beside what was asked for: a bar on a terminal, else a line now and then. */
import type { CommandWorld } from './command.ts';

export interface ProgressStep {
  readonly done: number;
  readonly all: number;
  readonly what: string;
}

const BAR_WIDTH = 28;
const BETWEEN_BARS_MS = 60;
const BETWEEN_LINES_MS = 2_000;
const ERASE_LINE = '\r\u001B[2K';

export class Progress {
  readonly #world: CommandWorld;
  readonly #now: () => number;
  #lastAt = -Infinity;
  #lastWhat = '';

  constructor(world: CommandWorld, now: () => number = Date.now) {
    this.#world = world;
    this.#now = now;
  }

  show(step: ProgressStep): void {
    const { errIsTerminal, err } = this.#world;
    const pause = errIsTerminal ? BETWEEN_BARS_MS : BETWEEN_LINES_MS;
    const isLast = step.done >= step.all && step.what !== this.#lastWhat;
    if (!isLast && this.#now() - this.#lastAt < pause) return;
    this.#lastAt = this.#now();
    this.#lastWhat = step.what;
    err(errIsTerminal ? ERASE_LINE + barOf(step) : `${percentOf(step)} ${step.what}\n`);
  }

  /** Leaves nothing of the bar. */
  end(): void {
    if (this.#world.errIsTerminal) this.#world.err(ERASE_LINE);
  }
}

function barOf(step: ProgressStep): string {
  const full = Math.round(shareOf(step) * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}] ${percentOf(step)} ${step.what}`;
}

function percentOf(step: ProgressStep): string {
  return `${Math.floor(shareOf(step) * 100)}%`.padStart(4);
}

function shareOf({ done, all }: ProgressStep): number {
  return all === 0 ? 1 : Math.min(1, done / all);
}
