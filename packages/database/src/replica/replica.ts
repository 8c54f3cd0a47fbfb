import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { ChangeStore, type ApplyResult, type ChangesRead, type ReadOptions } from '../changes/change-store.ts';
import type { Change } from '../changes/change.ts';
import { FormerValues, type FormerValue } from '../changes/former-values.ts';
import type { ReplicatedTable } from '../changes/replicated-table.ts';
import type { StoredRow } from '../changes/stored-rows.ts';
import type { Driver } from '../engine/driver.ts';
import type { ReplicaSchema } from '../schema/replica-schema.ts';
import { drizzleOver } from './drizzle.ts';
import { adoptFile, type FileIdentity } from './file-identity.ts';
import { migrate } from './migrate.ts';
import { readSiteId, rotateSiteId, siteIdToHex } from '../changes/site-id.ts';

/** Any replica, whatever its tables: what moves changes needs no more. */
export type AnyReplica = Omit<Replica, 'db' | 'schema'>;

export interface ReplicaEnvironment {
  /** Milliseconds since the epoch; the sync client corrects it by the server's clock. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** A fresh UUIDv7, for the primary key of a new row. */
  readonly newId: () => string;
  /** So that a copy is noticed. Absent in memory. */
  readonly fileIdentity?: FileIdentity;
}

/** One device's copy of a workspace: an SQLite database whose replicated tables are CRRs. */
export class Replica<T extends Record<string, unknown> = Record<string, unknown>> {
  readonly db: BetterSQLite3Database<T>;
  readonly sqlite: Driver;
  readonly schema: ReplicaSchema<T>;
  readonly now: () => number;
  readonly newId: () => string;
  readonly #environment: ReplicaEnvironment;
  readonly #changes: ChangeStore;
  readonly #formerValues: FormerValues;

  /** Migrates what the driver has open, and owns the driver from then on. */
  constructor(driver: Driver, schema: ReplicaSchema<T>, environment: ReplicaEnvironment) {
    this.sqlite = driver;
    this.schema = schema;
    this.now = environment.now;
    this.newId = environment.newId;
    this.#environment = environment;
    migrate(driver, schema, environment.now);
    this.#formerValues = new FormerValues(driver, schema.mergeable ?? {});
    this.#changes = new ChangeStore(driver, schema.replicated);
    if (this.#changes.parkedCount > 0) this.#changes.applyParked();
    this.#rotateIfCopied();
    this.db = drizzleOver(driver, schema.tables);
  }

  /** Lower-case hex of the 16 bytes. */
  get siteId(): string {
    return siteIdToHex(readSiteId(this.sqlite));
  }

  /**
   * The version of the latest transaction here, own or applied. Not a cursor: it may run ahead of what is stored, and
   * fall back when the file is opened again. Cursors are the `upTo` of `ownChanges`.
   */
  get dbVersion(): number {
    return this.#changes.dbVersion;
  }

  /** The latest version of what is stored, own or applied. */
  get latestVersion(): number {
    return this.#changes.latestVersion;
  }

  /** Own changes after a version, in whole transactions. Go on from `upTo` until `changes` is empty. */
  ownChanges(options: ReadOptions): ChangesRead {
    return this.#changes.readOwn(options);
  }

  /** Everybody's changes, in order of the version under which they were stored here. */
  allChanges(options: ReadOptions): ChangesRead {
    return this.#changes.readAll(options);
  }

  /** How many own changes there are after a version, up to a limit: what is still to be pushed. */
  countOwnChanges(after: number, limit: number): number {
    return this.#changes.countOwn(after, limit);
  }

  /** A row with its clocks, as the fold sees it; undefined when nothing is known of it. */
  rowState(table: string, pk: Uint8Array): StoredRow | undefined {
    return this.#changes.rowState(table, pk);
  }

  /** What the columns of a table take; undefined for one that does not replicate here. */
  replicatedTable(name: string): ReplicatedTable | undefined {
    return this.#changes.describe(name);
  }

  /** Whether it makes sense to merge two texts of this column. An app that does not say so leaves it to people. */
  isMergeable(table: string, column: string): boolean {
    const { mergeable } = this.schema;
    return mergeable === undefined || (mergeable[table] ?? []).includes(column);
  }

  /**
   * What a mergeable cell held before it was edited here for the first time since `forgetFormerValues`; undefined where
   * it was not, and for any other column.
   */
  formerValue(table: string, pk: Uint8Array, cid: string): FormerValue | undefined {
    return this.#formerValues.find(table, pk, cid);
  }

  /** Everybody has seen what is stored here: from now on that is what former values are. */
  forgetFormerValues(): void {
    this.#formerValues.forget();
  }

  /** Changes kept for a newer version of the app. */
  parkedChanges(): Change[] {
    return this.#changes.parkedChanges();
  }

  /** Other sites' changes, all or none of them. Inside `transaction` they commit together with what else it does. */
  applyChanges(changes: readonly Change[]): ApplyResult {
    return this.#changes.apply(changes);
  }

  /** Nested calls become savepoints; an exception rolls back. */
  transaction<R>(body: () => R): R {
    return this.sqlite.transaction(body).immediate();
  }

  /** Makes this replica another site; all its own changes become the new site's, to be pushed in full. */
  rotateSiteId(): string {
    this.transaction(() => rotateSiteId(this.sqlite, this.#environment.randomBytes));
    return this.siteId;
  }

  close(): void {
    this.sqlite.close();
  }

  #rotateIfCopied(): void {
    const { fileIdentity } = this.#environment;
    if (fileIdentity === undefined) return;
    this.transaction(() => {
      if (adoptFile(this.sqlite, fileIdentity)) rotateSiteId(this.sqlite, this.#environment.randomBytes);
    });
  }
}
