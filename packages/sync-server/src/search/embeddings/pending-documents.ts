/** Documents that were indexed a moment ago, each once. Where there are too many to remember, everything is looked through. */
import type { WorkspaceDocument } from '../documents.ts';

const MAX_PENDING = 20_000;

export class PendingDocuments {
  readonly #documents = new Map<string, WorkspaceDocument>();

  get size(): number {
    return this.#documents.size;
  }

  /** False where there was no room; then none is left. */
  add(documents: readonly WorkspaceDocument[]): boolean {
    for (const document of documents) {
      this.#documents.set(`${document.workspaceId}/${document.kind}/${document.id}`, document);
    }
    if (this.#documents.size <= MAX_PENDING) return true;
    this.#documents.clear();
    return false;
  }

  take(limit: number): WorkspaceDocument[] {
    const taken = [...this.#documents.entries()].slice(0, limit);
    for (const [key] of taken) this.#documents.delete(key);
    return taken.map(([, document]) => document);
  }
}
