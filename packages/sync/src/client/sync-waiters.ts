import { SyncError, type SyncErrorCode } from './errors.ts';

export interface SyncResult {
  /** Changes of other devices that were applied. */
  readonly pulled: number;
  /** Own batches that the relay has stored. */
  readonly pushed: number;
}

interface Waiter {
  result: SyncResult;
  /** The answer that has to come first; undefined when being in sync is proof enough. */
  pongId: number | undefined;
  resolve(result: SyncResult): void;
  reject(error: SyncError): void;
}

/** Those who called `sync()` and wait for it to be true. */
export class SyncWaiters {
  #waiters: Waiter[] = [];

  add(): Promise<SyncResult> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ result: { pulled: 0, pushed: 0 }, pongId: undefined, resolve, reject });
    });
  }

  /** The latest one is to wait for this answer of the relay, if it was asked. */
  expect(pongId: number | undefined): void {
    const latest = this.#waiters.at(-1);
    if (latest) latest.pongId = pongId;
  }

  answered(pongId: number): void {
    for (const waiter of this.#waiters) {
      if (waiter.pongId !== undefined && waiter.pongId <= pongId) waiter.pongId = undefined;
    }
  }

  count({ pulled, pushed }: SyncResult): void {
    for (const waiter of this.#waiters) {
      waiter.result = { pulled: waiter.result.pulled + pulled, pushed: waiter.result.pushed + pushed };
    }
  }

  synced(): void {
    const done = this.#waiters.filter(({ pongId }) => pongId === undefined);
    if (done.length === 0) return;
    this.#waiters = this.#waiters.filter(({ pongId }) => pongId !== undefined);
    for (const waiter of done) waiter.resolve(waiter.result);
  }

  fail(code: SyncErrorCode, message: string): void {
    const failed = this.#waiters;
    this.#waiters = [];
    for (const waiter of failed) waiter.reject(new SyncError(code, message));
  }
}
