/** A client with a replica in memory, which knows when each of its edits was acknowledged, and when it was in PostgreSQL. */
import { openReplica } from '@tributary/database';
import { SyncClient } from '@tributary/sync';

const POLL_MS = 2;

export class Writer {
  receipts = [];
  #replica = openReplica({ path: ':memory:' });
  #client;
  #waiting = [];
  #edits = 0;
  #poll;

  static async connect(server, number) {
    const writer = new Writer();
    const workspaceId = `bench-${number}`;
    const token = server.token(`user-${number}`, workspaceId);
    writer.#client = new SyncClient(server.url, token, {
      replica: writer.#replica,
      workspaceId,
      debounce: { trailingMs: 0, maxMs: 0 },
    });
    writer.#client.connect();
    await writer.#client.sync();
    writer.#poll = setInterval(() => writer.#look(), POLL_MS);
    return writer;
  }

  async write({ until, pauseMs }) {
    for (let next = performance.now(); next < until; next += pauseMs) {
      const waitMs = next - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      this.addNotes(1);
      this.#waiting.push({ version: this.#replica.latestVersion, sentAt: performance.now(), ackedMs: undefined });
    }
  }

  addNotes(count) {
    const insert = this.#replica.sqlite.prepare('INSERT INTO notes (id, title) VALUES (?, ?)');
    this.#replica.transaction(() => {
      for (let i = 0; i < count; i++) insert.run(crypto.randomUUID(), `note ${this.#edits++}`);
    });
  }

  /** When everything is in PostgreSQL. */
  async settled() {
    const last = this.#replica.latestVersion;
    while (this.#waiting.length > 0 || this.#client.receipt(last) !== 'cloud') {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  close() {
    clearInterval(this.#poll);
    this.#client.close();
    this.#replica.close();
  }

  #look() {
    const now = performance.now();
    for (const waiting of this.#waiting) {
      const level = this.#client.receipt(waiting.version);
      if (level === 'local') break;
      waiting.ackedMs ??= now - waiting.sentAt;
      if (level === 'cloud') this.receipts.push({ ...waiting, projectedMs: now - waiting.sentAt });
      waiting.isDone = level === 'cloud';
    }
    this.#waiting = this.#waiting.filter(({ isDone }) => !isDone);
  }
}
