/**
 * Works off the list of what is to be erased, beside everything else. Each thing on it can be begun anew at any point: what is
 * gone is gone, and the list forgets it last. So after a crash, or while PostgreSQL is away, it goes on where it was.
 */
import { systemClock, type Clock } from '../../clock.ts';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import { isAway } from '../../cloud/cloud-error.ts';
import { ApiError } from '../../errors.ts';
import type { Log } from '../../log/log.ts';
import { silentLogger, type Logger } from '../../logger.ts';
import type { AccountStore } from '../account-store.ts';
import { eraseCloudRows } from './erase-cloud-rows.ts';
import { eraseMember, type EraseMemberOptions, type ErasedMember } from './erase-member.ts';
import { listErasures, removeErasure, type Erasure } from './erasures.ts';

export interface EraserOptions extends EraseMemberOptions {
  readonly store: AccountStore;
  readonly log: Log;
  /** Undefined while PostgreSQL is away. */
  readonly cloud: () => CloudDatabase | undefined;
  /** The projector is told that the workspace goes; resolves when nothing of it is under way. */
  readonly forget: (workspaceId: string) => Promise<void>;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** Somebody else may have put something on the list. */
const LOOK_EVERY_MS = 60_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;

export class Eraser {
  readonly #options: EraserOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Workspaces that nobody may enter before they are gone, and what lets them in again. */
  readonly #closed = new Map<string, () => void>();
  #running: Promise<void> | undefined;
  #isStopping = false;
  #hasNews = false;
  #endSleep: () => void = () => undefined;
  #waiting: (() => void)[] = [];

  constructor(options: EraserOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
  }

  /** Never rejects: what fails is logged, and tried again. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** There is something on the list. */
  wake(): void {
    this.#hasNews = true;
    this.#endSleep();
  }

  /** When all that is on the list by now is erased. */
  done(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.wake();
    });
  }

  /** What is under way goes on at the next start. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#endSleep();
    await this.#running;
    for (const release of this.#closed.values()) release();
    this.#closed.clear();
  }

  async #run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#isStopping) {
      this.#hasNews = false;
      const waiting = this.#waiting;
      this.#waiting = [];
      const isDone = await this.#work();
      if (isDone) for (const resolve of waiting) resolve();
      else this.#waiting = [...waiting, ...this.#waiting];
      await this.#sleep(isDone ? LOOK_EVERY_MS : pauseMs, isDone);
      pauseMs = isDone ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
    }
  }

  /** Returns whether nothing is left. */
  async #work(): Promise<boolean> {
    const { store, log } = this.#options;
    try {
      const erasures = await listErasures(store);
      const done: Erasure[] = [];
      for (const erasure of erasures) {
        if (this.#isStopping) return false;
        if (await this.#erase(erasure)) done.push(erasure);
      }
      // For all of them once: it goes through the whole log.
      if (done.length > 0) await log.wipe();
      for (const erasure of done) {
        await removeErasure(store, erasure);
        this.#release(erasure);
        const { workspaceId, memberId } = erasure;
        this.#logger.info({ workspace: workspaceId, member: memberId }, 'what was deleted is erased');
      }
      return done.length === erasures.length;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** Returns whether all of it is gone. */
  async #erase(erasure: Erasure): Promise<boolean> {
    const { workspaceId, memberId } = erasure;
    try {
      if (memberId === undefined) await this.#eraseWorkspace(workspaceId);
      else return await this.#eraseMember({ ...erasure, memberId });
      return true;
    } catch (error) {
      this.#failed(error, erasure);
      return false;
    }
  }

  async #eraseWorkspace(workspaceId: string): Promise<void> {
    const { closeWorkspace, forget, log } = this.#options;
    if (!this.#closed.has(workspaceId)) this.#closed.set(workspaceId, await closeWorkspace(workspaceId));
    await forget(workspaceId);
    await log.deleteWorkspace(workspaceId);
    await eraseCloudRows(this.#expectCloud(), workspaceId);
  }

  /** Not before the cloud copy has taken in that the rows are deleted. */
  async #eraseMember(erasure: Erasure & { readonly memberId: string }): Promise<boolean> {
    const cloud = this.#expectCloud();
    const erased = await eraseMember(erasure, this.#options);
    if (erased.rows.length === 0) return true;
    if (!(await isProjected(cloud, erasure, erased))) return false;
    await removeFromQuarantine(cloud, erasure, erased);
    return true;
  }

  #expectCloud(): CloudDatabase {
    const cloud = this.#options.cloud();
    if (cloud === undefined) throw new ApiError('accounts_unavailable', 'PostgreSQL is away');
    return cloud;
  }

  #release({ workspaceId, memberId }: Erasure): void {
    if (memberId !== undefined) return;
    this.#closed.get(workspaceId)?.();
    this.#closed.delete(workspaceId);
  }

  #failed(error: unknown, erasure?: Erasure): void {
    const isUnavailable = error instanceof ApiError && error.code === 'accounts_unavailable';
    if (isAway(error) || isUnavailable) return;
    const fields = { err: error, ...(erasure && { workspace: erasure.workspaceId, member: erasure.memberId }) };
    this.#logger.error(fields, 'what was deleted could not be erased, and is tried again');
  }

  #sleep(durationMs: number, isDone: boolean): Promise<void> {
    if (this.#isStopping || (isDone && this.#hasNews)) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.setTimeout(resolve, durationMs);
      this.#endSleep = () => {
        cancel();
        resolve();
      };
    });
  }
}

async function isProjected(
  cloud: CloudDatabase,
  { workspaceId }: Erasure,
  { deletedBy }: ErasedMember,
): Promise<boolean> {
  const [cursor] = await cloud.query<{ seq: bigint }>('SELECT seq FROM sync.cursors WHERE workspace_id = $1', [
    workspaceId,
  ]);
  return Number(cursor?.seq ?? 0) >= deletedBy;
}

async function removeFromQuarantine(
  cloud: CloudDatabase,
  { workspaceId }: Erasure,
  { rows }: ErasedMember,
): Promise<void> {
  await cloud.query(
    `DELETE FROM sync.quarantine q USING unnest($2::text[], $3::bytea[]) AS k(table_name, row_key)
     WHERE q.workspace_id = $1 AND q.table_name = k.table_name AND q.row_key = k.row_key`,
    [workspaceId, rows.map(({ table }) => table), rows.map(({ pk }) => pk)],
  );
  if (cloud.kind !== 'pglite') return;
  const tables = await cloud.query<{ quoted: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS quoted FROM pg_tables
     WHERE (schemaname = 'app' AND tablename = ANY ($1::text[]))
       OR (schemaname = 'sync' AND tablename IN ('row_clocks', 'quarantine'))`,
    [[...new Set(rows.map(({ table }) => table))]],
  );
  for (const { quoted } of tables) await cloud.execute(`VACUUM ${quoted}`);
}
