/**
 * PGlite has no checkpointer process, and a single-user server makes no checkpoint by itself: without this its journal grows
 * for as long as it is open (measured: 450 MB after 430 MB of rows), and a killed process has all of it to replay.
 */
import type { PGlite } from '@electric-sql/pglite';
import { exchangeExecute, exchangeQuery } from './wire-protocol.ts';

/** A checkpoint takes about 20 ms; replaying this takes well below a second. */
const JOURNAL_BYTES = 32 * 1024 * 1024;
/** How far the journal is costs a query, so it is asked for once in so many. */
const STATEMENTS_PER_LOOK = 64;

export class CheckpointClock {
  readonly #pglite: PGlite;
  #statements = 0;
  #checkpointAt = 0;

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  /** After each statement, outside of transactions. */
  async tick(): Promise<void> {
    this.#statements++;
    if (this.#statements % STATEMENTS_PER_LOOK !== 0) return;
    const at = await this.#journalBytes();
    if (this.#checkpointAt === 0) this.#checkpointAt = at;
    if (at - this.#checkpointAt < JOURNAL_BYTES) return;
    await exchangeExecute(this.#pglite, 'CHECKPOINT');
    this.#checkpointAt = at;
  }

  async #journalBytes(): Promise<number> {
    const { outcome } = await exchangeQuery(this.#pglite, `SELECT pg_current_wal_insert_lsn() - '0/0'`, []);
    return 'result' in outcome ? Number(outcome.result.rows[0]?.[0] ?? 0) : 0;
  }
}
