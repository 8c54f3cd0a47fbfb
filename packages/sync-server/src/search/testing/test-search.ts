/** Rows as the projector would write them, and their documents in the queue, without a log behind them. */
import { packKey } from '@tributary/database/changes';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import type { CloudDatabase, CloudParam } from '../../cloud/cloud-database.ts';
import { migrateCloud } from '../../cloud/migrate-cloud.ts';
import { ownTables } from '../../cloud/own-tables.ts';
import { documentOf } from '../documents.ts';
import { indexBatch } from '../index-batch.ts';
import { queueRows } from '../search-queue.ts';
import { search, type SearchRequest, type SearchResult } from '../search.ts';

type Row = Readonly<Record<string, CloudParam>>;

/** A UUID that is easy to tell. */
export function uuid(number: number): string {
  return `0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

export class TestSearch {
  readonly cloud: CloudDatabase;
  readonly workspaceId: string;

  constructor(cloud: CloudDatabase, workspaceId = 'home') {
    this.cloud = cloud;
    this.workspaceId = workspaceId;
  }

  static async create(cloud: CloudDatabase): Promise<TestSearch> {
    await migrateCloud(cloud, workspaceCloudSchema.migrations);
    return new TestSearch(cloud);
  }

  /** As a new one is, without the time that making one takes. */
  async empty(): Promise<void> {
    await this.cloud.execute('DROP TABLE IF EXISTS sync.search_embeddings');
    const tables = (await ownTables(this.cloud)).filter(({ name }) => /^(?:app|sync)\./.test(name));
    await this.cloud.execute(`TRUNCATE ${tables.map(({ quoted }) => quoted).join(', ')}`);
  }

  in(workspaceId: string): TestSearch {
    return new TestSearch(this.cloud, workspaceId);
  }

  /** Writes a row, whole or in part, and queues what it belongs to. */
  async put(table: string, key: Row, values: Row = {}): Promise<void> {
    const row = { workspace_id: this.workspaceId, ...key, ...values };
    const names = Object.keys(row);
    const keys = ['workspace_id', ...Object.keys(key)].join(', ');
    const changes = [...Object.keys(values), '_updated_by'].map((name) => `${name} = excluded.${name}`);
    await this.cloud.transaction(async (queries) => {
      await queries.query(
        `INSERT INTO app.${table} (${names.join(', ')}, _updated_by, _updated_at, _version)
         VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')}, '', now(), 1)
         ON CONFLICT (${keys}) DO UPDATE SET ${changes.join(', ')}`,
        Object.values(row),
      );
      await queueRows(queries, [this.#ref(table, key)], documentOf);
    });
  }

  async remove(table: string, key: Row): Promise<void> {
    const matches = Object.keys(key).map((name, i) => `${name}::text = $${i + 2}::text`);
    await this.cloud.transaction(async (queries) => {
      await queries.query(`DELETE FROM app.${table} WHERE workspace_id = $1 AND ${matches.join(' AND ')}`, [
        this.workspaceId,
        ...Object.values(key),
      ]);
      await queueRows(queries, [this.#ref(table, key)], documentOf);
    });
  }

  note(number: number, values: Row): Promise<void> {
    return this.put('notes', { id: uuid(number) }, values);
  }

  block(note: number, number: number, values: Row): Promise<void> {
    return this.put('note_blocks', { note_id: uuid(note), id: uuid(number) }, values);
  }

  /** Everything that waits. */
  async index(): Promise<void> {
    for (;;) {
      const { taken } = await indexBatch(this.cloud, {
        maxDocuments: 200,
        restMs: 0,
        giveWay: () => Promise.resolve(),
      });
      if (taken === 0) return;
    }
  }

  search(q: string, rest: Partial<SearchRequest> = {}): Promise<SearchResult> {
    return search(this.cloud, { workspaceIds: [this.workspaceId], q, ...rest });
  }

  /** As `kind number`, the best first. */
  async found(q: string, rest: Partial<SearchRequest> = {}): Promise<string[]> {
    const { hits } = await this.search(q, rest);
    return hits.map(({ kind, id }) => `${kind} ${Number(id.slice(-12))}`);
  }

  #ref(table: string, key: Row) {
    const pk = packKey(Object.values(key).map(String));
    return { workspaceId: this.workspaceId, table, pk };
  }
}
