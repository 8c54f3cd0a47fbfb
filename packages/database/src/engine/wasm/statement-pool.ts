import type { Connection, Handle } from './connection.ts';

/**
 * Compiled statements by their SQL. Query builders prepare one for each query, and a synchronous loop gives the garbage
 * collector no turn to finalize them, so JavaScript objects never own a handle: they borrow one per execution.
 */
export class StatementPool {
  readonly #connection: Connection;
  readonly #capacity: number;
  readonly #handles = new Map<string, Handle>();

  constructor(connection: Connection, capacity: number) {
    this.#connection = connection;
    this.#capacity = capacity;
  }

  /** An idle handle for this SQL. Mark it lent while stepping, and give it back with `giveBack`. */
  borrow(sql: string): Handle {
    const pooled = this.#handles.get(sql);
    if (pooled && !pooled.isLent) {
      this.#handles.delete(sql);
      this.#handles.set(sql, pooled); // now the most recently used
      return pooled;
    }
    const handle = this.#connection.compile(sql);
    if (pooled) handle.isExtra = true;
    else this.#add(sql, handle);
    return handle;
  }

  giveBack(handle: Handle): void {
    handle.isLent = false;
    if (handle.isExtra) this.#finalize(handle);
  }

  /** After DDL: what was compiled before may have other columns now. */
  clear(): void {
    for (const handle of this.#handles.values()) {
      if (handle.isLent) handle.isExtra = true;
      else this.#finalize(handle);
    }
    this.#handles.clear();
  }

  #add(sql: string, handle: Handle): void {
    this.#handles.set(sql, handle);
    if (this.#handles.size <= this.#capacity) return;
    for (const [oldSql, old] of this.#handles) {
      if (old.isLent || old === handle) continue;
      this.#handles.delete(oldSql);
      this.#finalize(old);
      return;
    }
  }

  #finalize(handle: Handle): void {
    if (!handle.isLive) return;
    handle.isLive = false;
    this.#connection.finalize(handle);
  }
}
