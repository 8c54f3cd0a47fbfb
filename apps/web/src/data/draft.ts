/**
 * A text that is being typed here while it may change elsewhere. What is typed is committed after a moment; what arrives is
 * merged into it, against the last text that both sides knew:
 *
 *   base ──typed──► text                 a commit makes `text` the new base at once, and while its answer is awaited nothing
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
  #committing: Promise<void> | undefined;
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
    void this.flush();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  edit(text: string): void {
    if (this.#base === undefined) return;
    this.#set(text);
    this.#commitSoon(COMMIT_AFTER_MS);
  }

  /** While somebody composes a character, their text must not be touched. */
  setComposing(isComposing: boolean): void {
    this.#isComposing = isComposing;
    if (!isComposing) this.#look();
  }

  /** Resolves when what is typed is saved, or could not be. */
  async flush(): Promise<void> {
    await this.#committing;
    await this.#commit();
  }

  #look(): void {
    const stored = this.#options.stored.getSnapshot();
    if (stored !== undefined && this.#committing === undefined && !this.#isComposing) this.#take(stored);
  }

  #take(stored: string): void {
    const base = this.#base;
    const { text } = this.getSnapshot();
    this.#base = stored;
    if (base === undefined || text === undefined || text === base) this.#set(stored);
    else if (stored !== base) this.#set(mergeTexts(base, text, stored).text);
    if (this.#isDirty) this.#commitSoon(COMMIT_AFTER_MS);
  }

  get #isDirty(): boolean {
    return this.#base !== undefined && this.getSnapshot().text !== this.#base;
  }

  #commitSoon(delayMs: number): void {
    const { schedule = scheduleTimeout } = this.#options;
    this.#cancelCommit ??= schedule(() => void this.#commit(), delayMs);
  }

  #commit(): Promise<void> {
    this.#cancelCommit?.();
    this.#cancelCommit = undefined;
    this.#committing ??= this.#send().finally(() => {
      this.#committing = undefined;
      this.#look();
      this.#set(this.getSnapshot().text);
      if (this.#isDirty) this.#commitSoon(this.getSnapshot().fault === undefined ? COMMIT_AFTER_MS : RETRY_AFTER_MS);
    });
    return this.#committing;
  }

  async #send(): Promise<void> {
    const base = this.#base;
    const { text } = this.getSnapshot();
    if (base === undefined || text === undefined || text === base) return;
    this.#base = text;
    try {
      const stored = await this.#options.commit({ base, text });
      this.#state.set({ ...this.getSnapshot(), fault: undefined });
      if (!this.#isComposing) this.#take(stored);
    } catch (fault) {
      this.#base = base;
      this.#state.set({ ...this.getSnapshot(), fault });
    }
  }

  #set(text: string | undefined): void {
    const state = this.getSnapshot();
    const isSaved = this.#committing === undefined && text === this.#base;
    if (text !== state.text || isSaved !== state.isSaved) this.#state.set({ ...state, text, isSaved });
  }
}

function scheduleTimeout(run: () => void, delayMs: number): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
