/** Search by meaning: what is found, what keeps up, and what must not be seen, with vectors that are bags of words. */
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import { migrateCloud, rollbackCloud } from '../../cloud/migrate-cloud.ts';
import { describeCloud } from '../../cloud/testing/index.ts';
import { RecordingLogger } from '../../testing/recording-logger.ts';
import { SearchIndexer } from '../indexer.ts';
import { search, type SearchRequest, type SearchResult } from '../search.ts';
import { TestSearch, uuid } from '../testing/test-search.ts';
import { createHttpEmbedder } from './http-embedder.ts';
import { answering, FakeEmbeddings } from './testing/fake-embeddings.ts';
import { VectorSearch, type VectorSearchOptions } from './vector-search.ts';

const KEY = 'sk-very-secret';

describeCloud('pglite', 'search by meaning', (cloud) => {
  let fake: FakeEmbeddings;
  let home: TestSearch;
  beforeAll(async () => {
    home = await TestSearch.create(await cloud.open());
  });
  beforeEach(async () => {
    fake = await FakeEmbeddings.start();
    await home.empty();
    return () => fake.stop();
  });

  function start(rest: Partial<VectorSearchOptions> = {}, model = 'bag') {
    const logger = new RecordingLogger();
    const embedder = createHttpEmbedder({ url: fake.url, model, key: KEY, firstPauseMs: 1 });
    const query = { restMs: 0, timeoutMs: 300 };
    const vectors = new VectorSearch({ cloud: home.cloud, embedder, logger, firstPauseMs: 5, query, ...rest });
    const onIndexed: VectorSearch['wake'] = (documents) => vectors.wake(documents);
    const indexer = new SearchIndexer({ cloud: home.cloud, restMs: 0, onIndexed });
    vectors.start();
    indexer.start();
    const stop = async (): Promise<void> => {
      await indexer.stop();
      await vectors.stop();
    };
    onTestFinished(stop);
    const ask = (q: string, request: Partial<SearchRequest> = {}): Promise<SearchResult> =>
      search(home.cloud, { workspaceIds: ['home'], q, ...request }, { vectors });
    const found = async (q: string, request: Partial<SearchRequest> = {}): Promise<string[]> =>
      (await ask(q, request)).hits.map(({ kind, id }) => `${kind} ${Number(id.slice(-12))}`);
    const add = async (work: Promise<void>): Promise<void> => {
      await work;
      indexer.wake();
    };
    return { vectors, indexer, logger, stop, ask, found, add };
  }

  const stored = async (database: CloudDatabase = home.cloud): Promise<number> =>
    (await database.query('SELECT 1 FROM sync.search_embeddings')).length;

  test('finds what has none of the words, and says so', async () => {
    await home.note(1, { title: 'automobile' });
    await home.note(2, { title: 'garden' });
    const { ask, found } = start();
    await expect.poll(() => found('vehicle')).toEqual(['note 1']);
    expect(await ask('vehicle')).toMatchObject({
      vector: true,
      hits: [{ kind: 'note', id: uuid(1), title: 'automobile', titleSegments: [{ text: 'automobile', match: false }] }],
    });
    expect(await home.search('vehicle')).toMatchObject({ vector: false, hits: [] });
  });

  test('puts first what has the words and the meaning', async () => {
    await home.note(1, { title: 'a long walk with the old doctor and his dog' });
    await home.note(2, { title: 'puppy' });
    await home.note(3, { title: 'dog' });
    await home.note(4, { title: 'notary' });
    const { found, vectors } = start();
    await expect.poll(() => vectors.metrics().written).toBe(4);
    const [first, ...others] = await found('dog');
    expect([first, others.sort()]).toEqual(['note 3', ['note 1', 'note 2']]);
  });

  test('follows edits, and forgets what was deleted', async () => {
    await home.note(1, { title: 'automobile' });
    await home.note(2, { title: 'physician' });
    const { found, add } = start();
    await expect.poll(() => found('vehicle')).toEqual(['note 1']);
    await add(home.note(1, { title: 'puppy' }));
    await expect.poll(() => found('dog')).toEqual(['note 1']);
    expect(await found('vehicle')).toEqual([]);
    await add(home.note(1, { deleted_at: new Date() }));
    await add(home.remove('notes', { id: uuid(2) }));
    await expect.poll(() => stored()).toBe(0);
    expect([await found('dog'), await found('hospital')]).toEqual([[], []]);
  });

  test('embeds a text once, however often it is indexed, and by whichever server', async () => {
    await home.note(1, { title: 'automobile' });
    const first = start();
    await expect.poll(() => stored()).toBe(1);
    await first.add(home.note(1, { title: 'automobile' }));
    await first.add(home.note(2, { title: 'puppy' }));
    await expect.poll(() => stored()).toBe(2);
    await first.stop();
    const second = start();
    await expect.poll(() => second.found('dog')).toEqual(['note 2']);
    await second.add(home.note(3, { title: 'physician' }));
    await expect.poll(() => stored()).toBe(3);
    expect(fake.texts.filter((text) => text === 'automobile')).toHaveLength(1);
  });

  test('takes what was indexed before it was there, and removes vectors of what went meanwhile', async () => {
    for (let i = 1; i <= 230; i++) await home.note(i, { title: `automobile ${i}` });
    await home.index();
    const first = start();
    await expect.poll(() => stored(), { timeout: 10_000 }).toBe(230);
    expect(Math.max(...fake.requests.map(({ input }) => input.length))).toBeLessThanOrEqual(32);
    await first.stop();
    for (let i = 1; i <= 225; i++) await home.remove('notes', { id: uuid(i) });
    await home.index();
    start();
    await expect.poll(() => stored()).toBe(5);
  });

  test('never shows a document of another workspace, kind or project', async () => {
    await home.note(1, { title: 'automobile one', project_id: uuid(90) });
    await home.note(2, { title: 'automobile two', project_id: uuid(91) });
    await home.put('chats', { id: uuid(3) }, { title: 'automobile' });
    await home.in('away').note(4, { title: 'automobile' });
    const { found } = start();
    await expect.poll(async () => (await found('vehicle')).sort()).toEqual(['chat 3', 'note 1', 'note 2']);
    expect(await found('vehicle', { workspaceIds: ['away'] })).toEqual(['note 4']);
    expect(await found('vehicle', { workspaceIds: [] })).toEqual([]);
    expect(await found('vehicle', { workspaceIds: ['nowhere'] })).toEqual([]);
    expect(await found('vehicle', { kinds: ['chat'] })).toEqual(['chat 3']);
    expect(await found('vehicle', { projectId: uuid(91) })).toEqual(['note 2']);
    expect((await found('vehicle', { workspaceIds: ['home', 'away'] })).sort()).toEqual([
      'chat 3',
      'note 1',
      'note 2',
      'note 4',
    ]);
  });

  test('keeps the pages of text without a gap', async () => {
    for (let i = 1; i <= 12; i++) await home.note(i, { title: `dog ${'word '.repeat(i)}` });
    for (let i = 21; i <= 25; i++) await home.note(i, { title: `puppy` });
    const { ask, vectors } = start();
    await expect.poll(() => vectors.metrics().written).toBe(17);
    const seen: number[] = [];
    const pages: [number, boolean][] = [];
    let cursor: string | undefined;
    do {
      const page = await ask('dog', { limit: 6, cursor });
      seen.push(...page.hits.map(({ id }) => Number(id.slice(-12))));
      pages.push([page.hits.length, page.vector]);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(pages[0]).toEqual([6, true]);
    expect(pages.slice(1).every(([length, vector]) => length <= 6 && !vector)).toBe(true);
    expect(seen.some((number) => number > 20)).toBe(true);
    expect(seen.filter((number) => number <= 12).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
  });

  test.each(['"vehicle"', 'vehicle -fast', 'vehicle or boat', 've', ''])('takes %j to the letter', async (q) => {
    await home.note(1, { title: 'automobile' });
    const { ask, found } = start();
    await expect.poll(() => found('vehicle')).toEqual(['note 1']);
    expect(await ask(q)).toMatchObject({ vector: false, hits: [] });
  });

  test('goes on by words while the endpoint is away, and catches up', async () => {
    await home.note(1, { title: 'automobile' });
    fake.misbehave = answering(503, `down, ${KEY}`);
    const { ask, found, logger, vectors, add } = start();
    await expect.poll(() => vectors.metrics().failures).toBeGreaterThan(1);
    expect(await ask('automobile')).toMatchObject({ vector: false, hits: [{ id: uuid(1) }] });
    await add(home.note(2, { title: 'puppy' }));
    await expect.poll(() => found('puppy')).toEqual(['note 2']);
    fake.misbehave = () => false;
    await expect.poll(() => found('dog')).toEqual(['note 2']);
    expect(await found('vehicle')).toEqual(['note 1']);
    expect(logger.lines.filter((line) => line.startsWith('warn'))).toEqual([
      'warn: vectors cannot be made, and are tried again',
    ]);
  });

  test('gives the hits by words when the endpoint is too slow, and by meaning for what it knows', async () => {
    await home.note(1, { title: 'automobile' });
    const { ask, found } = start();
    await expect.poll(() => found('vehicle')).toEqual(['note 1']);
    fake.misbehave = () => true;
    const began = performance.now();
    expect(await ask('automobile')).toMatchObject({ vector: false, hits: [{ id: uuid(1) }] });
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(await ask('vehicle')).toMatchObject({ vector: true });
  });

  test.each([
    ['no JSON', answering(200, 'surprise')],
    ['too few vectors', answering(200, '{"data":[]}')],
    ['a vector of another length', answering(200, '{"data":[{"index":0,"embedding":[1,2]}]}')],
    ['a refusal', answering(401, KEY)],
  ])('is by words where the endpoint answers with %s', async (_what, misbehaviour) => {
    await home.note(1, { title: 'automobile' });
    const { ask, found, vectors, add } = start();
    await expect.poll(() => found('vehicle')).toEqual(['note 1']);
    fake.misbehave = misbehaviour;
    expect(await ask('automobile ')).toMatchObject({ vector: false, hits: [{ id: uuid(1) }] });
    await add(home.note(2, { title: 'puppy' }));
    await expect.poll(() => vectors.metrics().failures).toBeGreaterThan(0);
    fake.misbehave = () => false;
    await expect.poll(() => found('dog')).toEqual(['note 2']);
  });

  test('leaves out a text that the endpoint does not take, and no other one', async () => {
    fake.misbehave = (request, response) =>
      request.input.some((text) => text.includes('poison')) && answering(400)(request, response);
    await home.note(1, { title: 'automobile' });
    await home.note(2, { title: 'poison vehicle' });
    await home.note(3, { title: 'puppy' });
    const { vectors, add, found } = start();
    await expect.poll(() => vectors.metrics()).toMatchObject({ written: 2, refused: 1, failures: 0 });
    await add(home.note(2, { title: 'medicine vehicle' }));
    await expect.poll(async () => (await found('car')).sort()).toEqual(['note 1', 'note 2']);
  });

  test('sends no more of a text than models take', async () => {
    await home.note(1, { title: 'automobile' });
    await home.block(1, 2, { text: 'word '.repeat(20_000) });
    start();
    await expect.poll(() => stored()).toBe(1);
    expect(Math.max(...fake.texts.map(({ length }) => length))).toBe(6_000);
  });

  test('makes everything anew for another model, and for another length of vectors', async () => {
    await home.note(1, { title: 'automobile' });
    const first = start();
    await expect.poll(() => first.found('vehicle')).toEqual(['note 1']);
    await first.stop();
    const second = start({}, 'better-bag');
    await expect.poll(() => second.found('vehicle')).toEqual(['note 1']);
    expect(await home.cloud.query('SELECT model FROM sync.search_embeddings')).toEqual([{ model: 'better-bag' }]);
    await second.stop();
    fake.dimensions = 3_000;
    const third = start({}, 'better-bag');
    await expect.poll(() => third.found('vehicle')).toEqual(['note 1']);
    expect(fake.texts.filter((text) => text === 'automobile')).toHaveLength(3);
  });

  test('makes the table again when somebody has dropped it', async () => {
    await home.note(1, { title: 'automobile' });
    const { found, add } = start();
    await expect.poll(() => found('vehicle')).toEqual(['note 1']);
    await home.cloud.execute('DROP TABLE sync.search_embeddings');
    expect(await found('automobile')).toEqual(['note 1']);
    await add(home.note(2, { title: 'puppy' }));
    await expect.poll(() => found('dog')).toEqual(['note 2']);
    await expect.poll(() => found('vehicle')).toEqual(['note 1']);
  });

  test('is in nobody’s way when the migrations are taken back', async () => {
    await home.note(1, { title: 'automobile' });
    const { found, stop } = start();
    await expect.poll(() => found('vehicle')).toEqual(['note 1']);
    await stop();
    const { migrations } = workspaceCloudSchema;
    const { rolledBack } = await rollbackCloud(home.cloud, migrations, { steps: migrations.length });
    expect(rolledBack).toHaveLength(migrations.length);
    await migrateCloud(home.cloud, migrations);
    await home.note(2, { title: 'puppy' });
    const again = start();
    await expect.poll(() => again.found('dog')).toEqual(['note 2']);
  });

  test('has an index of the nearest ones, and finds by it', async () => {
    const { found } = start();
    await expect.poll(() => stored().catch(() => -1)).toBe(0);
    const [index = ''] = (
      await home.cloud.query<{ indexdef: string }>(
        `SELECT indexdef FROM pg_indexes WHERE indexname = 'search_embeddings_nearest'`,
      )
    ).map(({ indexdef }) => indexdef);
    expect(index).toContain('USING hnsw (embedding vector_cosine_ops)');
    // Built at once it takes a fraction of what it takes row by row.
    await home.cloud.execute(`
      DROP INDEX sync.search_embeddings_nearest;
      INSERT INTO sync.search_documents (workspace_id, kind, id, title, updated_at)
      SELECT CASE WHEN n % 2 = 0 THEN 'big' ELSE 'home' END, 'note', '0198c0de-0000-7000-8000-' || lpad(n::text, 12, '0'), 'x', now()
      FROM generate_series(1, 22000) n;
      INSERT INTO sync.search_embeddings (workspace_id, kind, id, model, source_hash, embedding)
      SELECT workspace_id, kind, id, 'bag', '', ('[' || right(id, 5) || repeat(',1', 46) || ',0]')::vector
      FROM sync.search_documents;
      ${index}`);
    const hits = await found('vehicle boat house tree', { limit: 10 });
    expect(hits.length).toBeGreaterThan(0);
    expect(hits.every((hit) => Number(hit.split(' ')[1]) % 2 === 1)).toBe(true);
  }, 60_000);

  test('never has the key in its log', async () => {
    const said: unknown[] = [];
    const logger = new Proxy(new RecordingLogger(), {
      get:
        () =>
        (...args: unknown[]) =>
          said.push(args),
    });
    fake.misbehave = answering(401, `wrong key ${KEY}`);
    const { vectors } = start({ logger });
    await expect.poll(() => vectors.metrics().failures).toBeGreaterThan(2);
    await fake.stop();
    expect(said.length).toBeGreaterThan(0);
    expect(JSON.stringify(said)).not.toContain(KEY);
  });
});

describeCloud('postgres', 'search by meaning', (cloud) => {
  test('is search by words where there is no extension, and the log says so once', async ({ skip }) => {
    const home = await TestSearch.create(await cloud.open());
    const has = await home.cloud.query(`SELECT FROM pg_available_extensions WHERE name = 'vector'`);
    skip(has.length > 0, 'this PostgreSQL has the extension vector');
    const fake = await FakeEmbeddings.start();
    onTestFinished(() => fake.stop());
    const logger = new RecordingLogger();
    const embedder = createHttpEmbedder({ url: fake.url, model: 'bag' });
    const vectors = new VectorSearch({ cloud: home.cloud, embedder, logger, firstPauseMs: 1 });
    onTestFinished(() => vectors.stop());
    vectors.start();
    await home.note(1, { title: 'automobile' });
    await home.index();
    await expect.poll(() => logger.lines).toHaveLength(1);
    vectors.wake([{ workspaceId: 'home', kind: 'note', id: uuid(1) }]);
    const request = { workspaceIds: ['home'], q: 'automobile' };
    expect(await search(home.cloud, request, { vectors })).toMatchObject({ vector: false, hits: [{ id: uuid(1) }] });
    expect(logger.lines).toEqual(['warn: search has no vectors: PostgreSQL does not have the extension vector']);
    expect(fake.requests).toEqual([]);
  });
});
