/**
 * A text that is being typed here while it may change elsewhere. What is typed is committed after a moment; what arrives is
 * merged into it, against the last text that both sides knew:
 *
 *   base ──typed──► text                 a commit makes `text` the new base at once, and while an answer is awaited nothing
 *     └──arrives──► stored               that arrives is looked at: only the answer says whether what is stored has it in it
 */
import { ValueStore, type Store } from '@tributary/sync/tabs';
import { mergeTexts } from '@tributary/sync/text-merge';

export interface DraftCommit {
  readonly base: string;
  readonly text: string;
}

export interface DraftOptions {
  /** What the database says, undefined until it is known. */
  readonly stored: Store<string | undefined>;
  /** Resolves with what is stored afterwards. */
  readonly commit: (edit: DraftCommit) => Promise<string>;
  /** Returns what cancels it. */
  readonly schedule?: (run: () => void, delayMs: number) => () => void;
}

export interface DraftState {
  /** Undefined until it is known. */
  readonly text: string | undefined;
  /** Whether all that was typed is in the database. */
  readonly isSaved: boolean;
  /** Why what is typed could not be saved; it is tried again. */
  readonly fault: unknown;
}

const COMMIT_AFTER_MS = 250;
const RETRY_AFTER_MS = 2_000;

export class Draft implements Store<DraftState> {
  readonly #options: DraftOptions;
  readonly #state = new ValueStore<DraftState>({ text: undefined, isSaved: true, fault: undefined });
  #base: string | undefined;
  /** Commits that wait for their answer. */
  #unanswered = 0;
  /** What the first of them that failed was made of. */
  #failedBase: string | undefined;
  #isComposing = false;
  #cancelCommit: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;

  readonly getSnapshot = (): DraftState => this.#state.getSnapshot();
  readonly subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener);

  constructor(options: DraftOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unsubscribe ??= this.#options.stored.subscribe(() => this.#look());
    this.#look();
  }

  /** What is typed but not saved yet is saved. */
  stop(): void {
    this.commitNow();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  edit(text: string): void {
    if (this.#base === undefined) return;
    this.#set(text);
    this.#commitSoon();
  }

  /** While somebody composes a character, their text must not be touched. */
  setComposing(isComposing: boolean): void {
    this.#isComposing = isComposing;
    if (!isComposing) this.#look();
  }

  /** Without waiting for the answer to an earlier commit: they are made in this order. */
  commitNow(): void {
    this.#cancelCommit?.();
    this.#cancelCommit = undefined;
    void this.#commit();
  }

  #look(): void {
    const stored = this.#options.stored.getSnapshot();
    if (stored !== undefined && this.#unanswered === 0 && !this.#isComposing) this.#take(stored);
  }

  #take(stored: string): void {
    const base = this.#base;
    const { text } = this.getSnapshot();
    this.#base = stored;
    if (base === undefined || text === undefined || text === base) this.#set(stored);
    else if (stored !== base) this.#set(mergeTexts(base, text, stored).text);
    if (this.#isDirty) this.#commitSoon();
  }

  get #isDirty(): boolean {
    return this.#base !== undefined && this.getSnapshot().text !== this.#base;
  }

  #commitSoon(): void {
    const { schedule = scheduleTimeout } = this.#options;
    const delayMs = this.getSnapshot().fault === undefined ? COMMIT_AFTER_MS : RETRY_AFTER_MS;
    this.#cancelCommit ??= schedule(() => {
      this.#cancelCommit = undefined;
      if (this.#unanswered === 0) void this.#commit();
    }, delayMs);
  }

  async #commit(): Promise<void> {
    const base = this.#base;
    const { text } = this.getSnapshot();
    if (base === undefined || text === undefined || text === base) return;
    this.#base = text;
    this.#unanswered++;
    try {
      const stored = await this.#options.commit({ base, text });
      this.#answered(undefined);
      if (this.#unanswered === 0 && !this.#isComposing) this.#take(stored);
    } catch (fault) {
      this.#failedBase ??= base;
      this.#base = this.#failedBase;
      this.#answered(fault);
    }
    if (this.#unanswered > 0) return;
    this.#failedBase = undefined;
    this.#look();
    this.#set(this.getSnapshot().text);
    if (this.#isDirty) this.#commitSoon();
  }

  #answered(fault: unknown): void {
    this.#unanswered--;
    this.#state.set({ ...this.getSnapshot(), fault });
  }

  #set(text: string | undefined): void {
    const state = this.getSnapshot();
    const isSaved = this.#unanswered === 0 && text === this.#base;
    if (text !== state.text || isSaved !== state.isSaved) this.#state.set({ ...state, text, isSaved });
  }
}

function scheduleTimeout(run: () => void, delayMs: number): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
