/**
 * What this tab can undo and redo, the latest first. The records lie here and not with the leader, so they outlive it; a
 * tab undoes its own edits only.
 */
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
  readonly record: string;
}

const KEPT_ENTRIES = 100;

export class UndoStack implements Store<UndoState> {
  readonly #apply: (record: string) => Promise<MutationAnswer>;
  readonly #state = new ValueStore<UndoState>({ undo: undefined, redo: undefined });
  readonly #undo: Entry[] = [];
  readonly #redo: Entry[] = [];
  /** One step at a time, in the order asked. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(apply: (record: string) => Promise<MutationAnswer>) {
    this.#apply = apply;
  }

  readonly getSnapshot = (): UndoState => this.#state.getSnapshot();

  readonly subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener);

  /** A new edit: what was undone before it cannot be done again. */
  did(label: string, record: string): void {
    this.#redo.length = 0;
    push(this.#undo, { label, record });
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
      const { result, undo } = await this.#apply(entry.record);
      if (undo !== undefined) push(to, { label: entry.label, record: undo });
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

function push(stack: Entry[], entry: Entry): void {
  stack.push(entry);
  if (stack.length > KEPT_ENTRIES) stack.shift();
}
