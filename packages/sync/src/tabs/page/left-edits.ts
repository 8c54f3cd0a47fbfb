/**
 * Edits that had no answer when their page went. There is no time to wait for one then, so the page leaves them in the
 * browser's storage for pages, which is synchronous. Another page of the same database, now or at the next start, asks for
 * them under the same ids: each is made once, even if the leader had got it already.
 *
 * Only what is JSON can be left. What is refused stays, for the next page to try.
 */
import { codeOf } from '../error-parcel.ts';
import type { Mutation } from '../messages.ts';
import type { PageStorage } from '../ports.ts';

export interface LeftEditsOptions {
  readonly storage: PageStorage;
  /** Of the names under which pages of this database leave edits. */
  readonly prefix: string;
  readonly newId: () => string;
}

export class LeftEdits {
  readonly #options: LeftEditsOptions;
  /** Under which this page has left its own. */
  #own: string | undefined;
  readonly #taken = new Set<string>();

  constructor(options: LeftEditsOptions) {
    this.#options = options;
  }

  leave(edits: readonly Mutation[]): void {
    this.takeBack();
    const { prefix, newId } = this.#options;
    this.#own = prefix + newId();
    this.#write(this.#own, edits.filter(isJson));
  }

  /** This page has them itself. */
  takeBack(): void {
    if (this.#own !== undefined) this.#write(this.#own, []);
    this.#own = undefined;
  }

  /** Has everything made that other pages have left. */
  async take(make: (edit: Mutation) => Promise<unknown>): Promise<void> {
    const names = this.#names().filter((name) => name !== this.#own && !this.#taken.has(name));
    await Promise.all(names.map((name) => this.#takeFrom(name, make)));
  }

  async #takeFrom(name: string, make: (edit: Mutation) => Promise<unknown>): Promise<void> {
    const edits = this.#read(name);
    this.#taken.add(name);
    const outcomes = await Promise.allSettled(edits.map((edit) => make(edit)));
    const stays = (outcome: PromiseSettledResult<unknown> | undefined) =>
      outcome?.status === 'rejected' && codeOf(outcome.reason) !== 'fate_unknown';
    this.#write(
      name,
      edits.filter((_, at) => stays(outcomes[at])),
    );
  }

  #names(): string[] {
    const { storage, prefix } = this.#options;
    const names = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? '');
    return names.filter((name) => name.startsWith(prefix)).sort();
  }

  #read(name: string): Mutation[] {
    try {
      return JSON.parse(this.#options.storage.getItem(name) ?? '[]') as Mutation[];
    } catch {
      return [];
    }
  }

  #write(name: string, edits: readonly Mutation[]): void {
    const { storage } = this.#options;
    if (edits.length === 0) {
      storage.removeItem(name);
      return;
    }
    try {
      storage.setItem(name, JSON.stringify(edits));
    } catch {
      // It takes a few megabytes, and a page that goes can do nothing more.
    }
  }
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((member) => member === undefined || isJson(member));
}
