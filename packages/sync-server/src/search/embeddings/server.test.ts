/** The whole server with an endpoint: from a setting to a hit by meaning. */
import { expect, onTestFinished, test } from 'vitest';
import { describeCloud } from '../../cloud/testing/index.ts';
import { CloudCopy } from '../../cloud-copy.ts';
import { openSqliteLog } from '../../log/sqlite/sqlite-log.ts';
import { temporaryDirectory } from '../../testing/temporary-directory.ts';
import { search } from '../search.ts';
import { TestSearch, uuid } from '../testing/test-search.ts';
import { createHttpEmbedder } from './http-embedder.ts';
import { FakeEmbeddings } from './testing/fake-embeddings.ts';

describeCloud('pglite', 'a cloud copy with an embedder', (cloud) => {
  test('has vectors for what is indexed, and again after everything was made anew', async () => {
    const fake = await FakeEmbeddings.start();
    onTestFinished(() => fake.stop());
    const { directory = '' } = await cloud.create();
    const log = openSqliteLog({ path: `${temporaryDirectory()}/log.db` });
    const embedder = createHttpEmbedder({ url: fake.url, model: 'bag' });
    const copy = new CloudCopy({ log, dataDirectory: directory.replace(/\/postgres$/, ''), embedder });
    await copy.start();
    onTestFinished(async () => {
      await copy.stop();
      await log.close();
    });
    const findByMeaning = async (): Promise<unknown> => {
      const { database, vectors } = copy;
      if (database === undefined) return undefined;
      const { hits, vector } = await search(database, { workspaceIds: ['home'], q: 'vehicle' }, { vectors });
      return [hits.map(({ id }) => id), vector];
    };
    for (const round of [1, 2]) {
      if (copy.database === undefined) throw new Error('no database');
      await new TestSearch(copy.database).note(round, { title: 'automobile' });
      await expect.poll(findByMeaning, { timeout: 15_000 }).toEqual([[uuid(round)], true]);
      if (round === 1) await copy.remake();
    }
  }, 60_000);
});
