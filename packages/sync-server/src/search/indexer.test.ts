/** The indexer: what keeps it from working, how often it works, and others beside it. */
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { packKey } from '@tributary/database/changes';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import type { CloudDatabase, CloudQueries, TransactionOptions } from '../cloud/cloud-database.ts';
import { CloudError } from '../cloud/cloud-error.ts';
import { describeCloud, describeEachCloud } from '../cloud/testing/index.ts';
import type { Append } from '../log/log.ts';
import { openSqliteLog } from '../log/sqlite/sqlite-log.ts';
import { Projection } from '../projector/projection.ts';
import { rebuildProjection } from '../projector/rebuild.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { batch, change, site } from '../testing/test-batches.ts';
import { documentOf } from './documents.ts';
import { indexBatch } from './index-batch.ts';
import { SearchIndexer } from './indexer.ts';
import { TestSearch, uuid } from './testing/test-search.ts';

const giveWay = () => Promise.resolve();

function startIndexer(cloud: CloudDatabase, rest: Partial<ConstructorParameters<typeof SearchIndexer>[0]> = {}) {
  const indexer = new SearchIndexer({ cloud, ...rest });
  onTestFinished(() => indexer.stop());
  indexer.start();
  return indexer;
}

/** Fails before the nth statement of each transaction. */
function failingAt(cloud: CloudDatabase, statement: number): CloudDatabase {
  const transaction = <T>(work: (queries: CloudQueries) => Promise<T>, options?: TransactionOptions): Promise<T> =>
    cloud.transaction((queries) => {
      let left = statement;
      const query: CloudQueries['query'] = (sql, params) =>
        left-- === 0 ? Promise.reject(new CloudError('cloud_unavailable', 'lost')) : queries.query(sql, params);
      return work({
        query,
        queryTable: (...args) => queries.queryTable(...args),
        execute: (sql) => queries.execute(sql),
      });
    }, options);
  return { kind: cloud.kind, transaction } as CloudDatabase;
}

describeEachCloud('the indexer', (cloud) => {
  let home: TestSearch;
  beforeAll(async () => {
    home = await TestSearch.create(await cloud.open());
  });
  beforeEach(() => home.empty());

  const queued = async (): Promise<number> => (await home.cloud.query('SELECT 1 FROM sync.search_queue')).length;

  test('loses nothing by a crash between any two statements', async () => {
    await home.note(1, { title: 'one' });
    await home.put('chats', { id: uuid(2) }, { title: 'two' });
    await home.put('messages', { id: uuid(3) }, { chat_id: uuid(2), content: 'three' });
    await home.remove('notes', { id: uuid(4) });
    let crashes = 0;
    for (let statement = 0; ; statement++) {
      const options = { maxDocuments: 100, restMs: 0, giveWay };
      const done = await indexBatch(failingAt(home.cloud, statement), options).catch(() => undefined);
      if (done !== undefined) break;
      crashes++;
      expect([await queued(), await home.found('one or two or three')]).toEqual([4, []]);
    }
    expect(crashes).toBeGreaterThan(5);
    await home.index();
    expect((await home.found('one or two or three')).sort()).toEqual(['chat 2', 'message 3', 'note 1']);
  });

  test('goes on when PostgreSQL is there again', async () => {
    await home.note(1, { title: 'patience' });
    let isAway = true;
    const flaky = {
      ...wrapped(home.cloud),
      transaction: ((work, options) =>
        isAway
          ? Promise.reject(new CloudError('cloud_unavailable', 'away'))
          : home.cloud.transaction(work, options)) as CloudDatabase['transaction'],
    };
    const indexer = startIndexer(flaky);
    await expect.poll(() => indexer.metrics().failures).toBeGreaterThan(1);
    isAway = false;
    await expect.poll(() => home.found('patience')).toEqual(['note 1']);
  });

  test('indexes something new at once, and what is typed in about once a second', async () => {
    const indexer = startIndexer(home.cloud, { restMs: 400 });
    await expect.poll(queued).toBe(0);
    for (let i = 0; i < 30; i++) {
      await home.note(1, { title: `typing ${i}` });
      indexer.wake();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await home.note(2, { title: 'another' });
    indexer.wake();
    await expect.poll(() => home.found('another ')).toEqual(['note 2']);
    await expect.poll(() => home.found('"typing 29"'), { timeout: 3_000 }).toEqual(['note 1']);
    expect(await queued()).toBe(0);
    expect(indexer.metrics().documentsWritten).toBeLessThan(12);
  });

  test('takes everything in once, when it has never run, and after an update', async () => {
    await home.note(1, { title: 'before' });
    await home.cloud.execute(`TRUNCATE sync.search_queue; INSERT INTO sync.cursors (workspace_id) VALUES ('home')`);
    const first = startIndexer(home.cloud);
    await expect.poll(() => home.found('before')).toEqual(['note 1']);
    await first.stop();
    await home.cloud.execute('TRUNCATE sync.search_documents');
    const second = startIndexer(home.cloud);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(second.metrics().documentsWritten).toBe(0);
    await second.stop();
    await home.cloud.execute(
      `UPDATE sync.projected_tables SET fingerprint = 'old' WHERE table_name = 'search:documents'`,
    );
    startIndexer(home.cloud);
    await expect.poll(() => home.found('before')).toEqual(['note 1']);
  });

  test('is told by the projector, in its transaction, and by a rebuild', async () => {
    const log = openSqliteLog({ path: `${temporaryDirectory()}/log.db` });
    onTestFinished(() => log.close());
    const changes = [
      change({ dbVersion: 1, pk: packKey([uuid(1)]), val: 'Lisbon' }),
      change({
        dbVersion: 1,
        table: 'note_blocks',
        pk: packKey([uuid(1), uuid(2)]),
        cid: 'text',
        val: 'trams',
        seq: 1,
      }),
      change({ dbVersion: 1, table: 'settings', pk: packKey(['', 'theme']), cid: 'value', val: '1', seq: 2 }),
    ];
    await log.openWorkspace('home');
    await log.append([appendOf(batch(0, 1, { changes }))]);
    const projection = new Projection({ log, cloud: home.cloud, schema: workspaceCloudSchema });
    await projection.advance(new Map([['home', 1]]));
    expect(await queued()).toBe(1);
    await home.index();
    expect(await home.found('lisbon trams')).toEqual(['note 1']);
    await home.cloud.execute(`UPDATE app.notes SET title = 'Porto'`);
    await rebuildProjection({ log, cloud: home.cloud, schema: workspaceCloudSchema });
    expect(await queued()).toBe(1);
    await home.index();
    expect(await home.found('lisbon trams')).toEqual(['note 1']);
  });
});

describeCloud('postgres', 'two indexers', (cloud) => {
  test('divide the work, and the latest text is what stays', async () => {
    const home = await TestSearch.create(await cloud.open());
    const indexers = [startIndexer(home.cloud, { restMs: 0 }), startIndexer(home.cloud, { restMs: 0 })];
    const workspaces = Array.from({ length: 6 }, (_, i) => home.in(`w${i}`));
    for (let round = 0; round < 15; round++) {
      await Promise.all(
        workspaces.map(async (workspace) => {
          await workspace.note(1, { title: `round ${round}` });
          for (const indexer of indexers) indexer.wake();
        }),
      );
    }
    await expect.poll(async () => (await home.cloud.query('SELECT 1 FROM sync.search_queue')).length).toBe(0);
    const titles = await home.cloud.query('SELECT title FROM sync.search_documents');
    expect(titles).toEqual(workspaces.map(() => ({ title: 'round 14' })));
    expect(indexers.map((indexer) => indexer.metrics().failures)).toEqual([0, 0]);
  });

  test('leave a workspace alone that the other one has, and the projector never waits for either', async () => {
    const home = await TestSearch.create(await cloud.open());
    await home.note(1, { title: 'held' });
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let isHeld = false;
    const slow = {
      kind: home.cloud.kind,
      transaction: ((work, options) =>
        home.cloud.transaction(async (queries) => {
          const result = await work(queries);
          isHeld = true;
          await held;
          return result;
        }, options)) as CloudDatabase['transaction'],
    } as CloudDatabase;
    const options = { maxDocuments: 10, restMs: 0, giveWay };
    const first = indexBatch(slow, options);
    await expect.poll(() => isHeld).toBe(true);
    await home.note(1, { title: 'newer' });
    expect(await indexBatch(home.cloud, options)).toMatchObject({ taken: 0 });
    release();
    await first;
    expect(await home.found('held')).toEqual(['note 1']);
    await home.index();
    expect(await home.found('newer')).toEqual(['note 1']);
  });
});

test('a row belongs to its document, if its key is one', () => {
  const of = (table: string, ...key: (string | bigint)[]) => documentOf(table, packKey(key));
  expect(of('notes', uuid(1))).toEqual({ kind: 'note', id: uuid(1) });
  expect(of('note_blocks', uuid(1), uuid(2))).toEqual({ kind: 'note', id: uuid(1) });
  expect(of('tags', uuid(1), 'travel')).toEqual({ kind: 'note', id: uuid(1) });
  expect(of('messages', uuid(1).toUpperCase())).toEqual({ kind: 'message', id: uuid(1) });
  expect([of('settings', '', 'theme'), of('notes', 'no uuid'), of('notes', 1n)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(documentOf('notes', Uint8Array.of(255, 255))).toBeUndefined();
});

function wrapped(cloud: CloudDatabase): CloudDatabase {
  return {
    kind: cloud.kind,
    query: (sql, params) => cloud.query(sql, params),
    queryTable: (sql, params) => cloud.queryTable(sql, params),
    execute: (sql) => cloud.execute(sql),
    transaction: (work, options) => cloud.transaction(work, options),
    close: () => cloud.close(),
  };
}

function appendOf(payload: Uint8Array): Append {
  return { workspaceId: 'home', siteId: site(1), toVersion: 1, refill: false, payloads: [payload], unknownNames: [] };
}
