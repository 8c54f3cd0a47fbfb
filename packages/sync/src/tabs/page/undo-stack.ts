/**
 * What this tab can undo and redo, the latest first. The records lie here and not with the leader, so they outlive it; a
 * tab undoes its own edits only.
 *
 * Edits of one group that follow closely on each other are one step: nobody thinks of a sentence in quarter seconds.
 */
import type { Clock } from '../../client/clock.ts';
import { TabsError } from '../errors.ts';
import type { SkippedCell, UndoResult } from '../leader/undo.ts';
import type { MutationAnswer } from '../messages.ts';
import type { Store } from '../ports.ts';
import { ValueStore } from './value-store.ts';

export interface UndoState {
  /** What the next undo takes back, as the edit was named; undefined when there is nothing. */
  readonly undo: string | undefined;
  readonly redo: string | undefined;
}

export interface UndoStep {
  /** The edit that was undone or done again. */
  readonly label: string;
  /** What stays as it is, because somebody has changed it since. */
  readonly skipped: readonly SkippedCell[];
}

interface Entry {
  readonly label: string;
  /** In the order of the edits. */
  readonly records: readonly string[];
  /** Absent for what no further edit joins. */
  readonly group?: { readonly name: string; readonly at: number } | undefined;
}

const KEPT_ENTRIES = 100;

/** After such a pause it is another step. */
const PAUSE_MS = 1_000;

/** What is typed without any pause is in steps, too. */
const MAX_GROUPED_EDITS = 40;

export class UndoStack implements Store<UndoState> {
  readonly #apply: (records: readonly string[]) => Promise<MutationAnswer>;
  readonly #clock: Pick<Clock, 'uptimeMs'>;
  readonly #state = new ValueStore<UndoState>({ undo: undefined, redo: undefined });
  readonly #undo: Entry[] = [];
  readonly #redo: Entry[] = [];
  /** One step at a time, in the order asked. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(apply: (records: readonly string[]) => Promise<MutationAnswer>, clock: Pick<Clock, 'uptimeMs'>) {
    this.#apply = apply;
    this.#clock = clock;
  }

  readonly getSnapshot = (): UndoState => this.#state.getSnapshot();

  readonly subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener);

  /** A new edit: what was undone before it cannot be done again. */
  did(label: string, record: string, groupName?: string): void {
    const group = groupName === undefined ? undefined : { name: groupName, at: this.#clock.uptimeMs() };
    const last = this.#undo.at(-1);
    if (last !== undefined && this.#redo.length === 0 && doJoin(last, group)) {
      this.#undo.splice(-1, 1, { label, records: [...last.records, record], group });
    } else {
      push(this.#undo, { label, records: [record], group });
    }
    this.#redo.length = 0;
    this.#changed();
  }

  /** Undefined when there is nothing to undo. */
  undo(): Promise<UndoStep | undefined> {
    return this.#inTurn(() => this.#step(this.#undo, this.#redo));
  }

  redo(): Promise<UndoStep | undefined> {
    return this.#inTurn(() => this.#step(this.#redo, this.#undo));
  }

  clear(): void {
    this.#undo.length = 0;
    this.#redo.length = 0;
    this.#changed();
  }

  async #step(from: Entry[], to: Entry[]): Promise<UndoStep | undefined> {
    const entry = from.pop();
    if (entry === undefined) return undefined;
    this.#changed();
    try {
      const { result, undo } = await this.#apply(entry.records);
      if (undo !== undefined) push(to, { label: entry.label, records: [undo] });
      return { label: entry.label, skipped: (result as UndoResult).skipped };
    } catch (error) {
      // What cannot be read will not be readable later.
      if (!(error instanceof TabsError && error.code === 'cannot_undo')) push(from, entry);
      throw error;
    } finally {
      this.#changed();
    }
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(step);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #changed(): void {
    this.#state.set({ undo: this.#undo.at(-1)?.label, redo: this.#redo.at(-1)?.label });
  }
}

function doJoin({ group: last, records }: Entry, next: Entry['group']): boolean {
  if (last === undefined || next === undefined || last.name !== next.name) return false;
  return next.at - last.at < PAUSE_MS && records.length < MAX_GROUPED_EDITS;
}

function push(stack: Entry[], entry: Entry): void {
  stack.push(entry);
  if (stack.length > KEPT_ENTRIES) stack.shift();
}
