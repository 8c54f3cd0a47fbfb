/**
 * The PostgreSQL that the server carries: PGlite in a worker, on a directory that is this process's alone. It has one
 * session, so everybody waits their turn; a worker that has died is replaced when the next one comes.
 */
import path from 'node:path';
import type { Logger } from '../../logger.ts';
import type { CloudDatabase } from '../cloud-database.ts';
import { CloudError } from '../cloud-error.ts';
import { SessionDatabase } from '../session/session-database.ts';
import type { Session, SessionSource } from '../session/session.ts';
import { lockDirectory, type DirectoryLock } from './directory-lock.ts';
import { PgliteWorker } from './pglite-worker.ts';
import { prepareDirectory } from './prepare-directory.ts';

export interface PgliteCloudOptions {
  /** Is made where there is none. */
  readonly directory: string;
  readonly logger: Logger;
  readonly statementTimeoutMs?: number | undefined;
}

/** The first start takes about 5 seconds, later ones about half a second. */
export async function openPgliteCloud(options: PgliteCloudOptions): Promise<CloudDatabase> {
  const directory = path.resolve(options.directory);
  const lock = lockDirectory(directory);
  try {
    await prepareDirectory(directory);
    const worker = await PgliteWorker.start({ directory });
    const source = new PgliteSource({ directory, lock, worker, logger: options.logger });
    return new SessionDatabase(source, { statementTimeoutMs: options.statementTimeoutMs });
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface PgliteParts {
  readonly directory: string;
  readonly lock: DirectoryLock;
  readonly worker: PgliteWorker;
  readonly logger: Logger;
}

class PgliteSource implements SessionSource {
  readonly kind = 'pglite';
  readonly #parts: PgliteParts;
  #worker: PgliteWorker;
  #last: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(parts: PgliteParts) {
    this.#parts = parts;
    this.#worker = parts.worker;
  }

  use<T>(job: (session: Session) => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) {
      return Promise.reject(new CloudError('cloud_refused', 'the database has been closed'));
    }
    return this.#inTurn(async () => job(await this.#livingWorker()));
  }

  close(): Promise<void> {
    this.#closed ??= this.#inTurn(async () => {
      await this.#worker.close();
      this.#parts.lock.release();
    });
    return this.#closed;
  }

  async #livingWorker(): Promise<PgliteWorker> {
    const { fault } = this.#worker;
    if (fault === undefined) return this.#worker;
    const { directory, logger } = this.#parts;
    await this.#worker.exited();
    this.#worker = await PgliteWorker.start({ directory });
    logger.warn({ directory, error: fault.message }, 'the embedded PostgreSQL was started again');
    return this.#worker;
  }

  #inTurn<T>(job: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(job);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
