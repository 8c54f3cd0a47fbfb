/** A log in memory and a cloud database that was migrated, with what tests want to know of both. */
import { packKey, type Change } from '@tributary/database/changes';
import { workspaceCloudSchema, type CloudSchema } from '@tributary/database/cloud';
import { encodeBatch, type Batch } from '@tributary/sync/protocol';
import type { CloudDatabase, CloudValue } from '../../cloud/cloud-database.ts';
import { migrateCloud } from '../../cloud/migrate-cloud.ts';
import type { TestCloud } from '../../cloud/testing/describe-each-cloud.ts';
import type { Log } from '../../log/log.ts';
import { openSqliteLog } from '../../log/sqlite/sqlite-log.ts';
import { change } from '../../testing/test-batches.ts';
import { Projection, type ProjectionOptions } from '../projection.ts';

export type Row = Record<string, CloudValue>;

export interface Quarantined extends Row {
  readonly column_name: string;
  readonly reason: string;
  readonly value: string;
}

export class TestProjection {
  readonly database: CloudDatabase;
  readonly schema: CloudSchema;
  readonly log: Log;

  constructor(database: CloudDatabase, { schema = workspaceCloudSchema, path = ':memory:', now = Date.now } = {}) {
    this.database = database;
    this.schema = schema;
    this.log = openSqliteLog({ path, now });
  }

  projection(options: Partial<ProjectionOptions> = {}): Projection {
    return new Projection({ log: this.log, cloud: this.database, schema: this.schema, ...options });
  }

  /** One transaction of one site; returns the seq of its entry. */
  async push(workspaceId: string, ...changes: readonly Change[]): Promise<number> {
    return this.append(workspaceId, batchOf(changes));
  }

  /** One version in fragments. */
  async pushFragments(workspaceId: string, fragments: readonly (readonly Change[])[]): Promise<number> {
    const count = fragments.length;
    const payloads = fragments.map((changes, index) => batchOf(changes, { fragment: { index, count } }));
    return this.append(workspaceId, ...payloads);
  }

  async append(workspaceId: string, ...payloads: readonly Uint8Array[]): Promise<number> {
    await this.log.openWorkspace(workspaceId);
    const siteId = new Uint8Array(16).fill(1);
    const append = { workspaceId, siteId, toVersion: 1, refill: true, payloads, unknownNames: [] };
    const [appended] = await this.log.append([append]);
    return appended?.seq ?? 0;
  }

  async heads(...workspaceIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const heads = await this.log.workspaces();
    const asked = heads.filter(({ workspaceId }) => workspaceIds.length === 0 || workspaceIds.includes(workspaceId));
    return new Map(asked.map(({ workspaceId, head }) => [workspaceId, head]));
  }

  /** Step by step until the workspaces have no more. */
  async catchUp(projection: Projection, ...workspaceIds: readonly string[]): Promise<void> {
    for (let behind = await this.heads(...workspaceIds); behind.size > 0;) {
      const stands = await projection.advance(behind);
      const isDone = (id: string) => stands.has(id) && stands.get(id)?.pendingSince === undefined;
      behind = new Map([...behind].filter(([id]) => !isDone(id)));
    }
  }

  titles(workspaceId: string): Promise<Record<string, CloudValue>> {
    return titlesOf(this.database, workspaceId);
  }

  async usage(workspaceId: string): Promise<Row> {
    const [sum] = await this.database.query(
      `SELECT coalesce(sum(entries), 0)::int8 AS entries, coalesce(sum(changes), 0)::int8 AS changes,
         coalesce(sum(bytes), 0)::int8 AS bytes FROM billing.usage_days WHERE workspace_id = $1`,
      [workspaceId],
    );
    return sum ?? {};
  }

  async cursor(workspaceId: string): Promise<Row> {
    const [cursor] = await this.database.query('SELECT * FROM sync.cursors WHERE workspace_id = $1', [workspaceId]);
    return cursor ?? {};
  }

  quarantine(workspaceId: string): Promise<Quarantined[]> {
    return this.database.query<Quarantined>(
      'SELECT * FROM sync.quarantine WHERE workspace_id = $1 ORDER BY seq, table_name, column_name',
      [workspaceId],
    );
  }

  close(): Promise<void> {
    return this.log.close();
  }
}

export async function openMigrated(cloud: TestCloud, { migrations } = workspaceCloudSchema): Promise<CloudDatabase> {
  const database = await cloud.open();
  await migrateCloud(database, migrations);
  return database;
}

/** What the log holds, as usage counts it. */
export async function storedUsage(log: Log, workspaceId: string, changes: number): Promise<Row> {
  const range = { after: 0, maxEntries: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER };
  const entries = await log.read(workspaceId, range);
  const bytes = entries.reduce((sum, { payload }) => sum + payload.length, 0);
  return { entries: BigInt(entries.length), changes: BigInt(changes), bytes: BigInt(bytes) };
}

export function uuid(number: number): string {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** A cell of the note with that number. */
export function cell(number: number, val: Change['val'], rest: Partial<Change> = {}): Change {
  return change({ pk: packKey([uuid(number)]), val, ...rest });
}

/** The deletion of the note with that number, which beats its first life. */
export function deletion(number: number, rest: Partial<Change> = {}): Change {
  return cell(number, null, { cid: '-1', cl: 2, colVersion: 2, ...rest });
}

export async function titlesOf(database: CloudDatabase, workspaceId: string): Promise<Record<string, CloudValue>> {
  const rows = await database.query<{ id: string; title: string }>(
    'SELECT id, title FROM app.notes WHERE workspace_id = $1 ORDER BY id',
    [workspaceId],
  );
  return Object.fromEntries(rows.map(({ id, title }) => [parseInt(id.slice(-12), 16), title]));
}

/** As a refill, so that any site may have made the changes. */
export function batchOf(changes: readonly Change[], rest: Partial<Batch> = {}): Uint8Array {
  const toVersion = changes.reduce((latest, { dbVersion }) => Math.max(latest, dbVersion), 1);
  return encodeBatch({
    prevVersion: 0,
    toVersion,
    base: undefined,
    refill: true,
    fragment: undefined,
    changes,
    ...rest,
  });
}
