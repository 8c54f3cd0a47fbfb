/**
 * Measures search over many documents: how quickly they are indexed, and how long typical queries take.
 *
 *   pnpm bench:search [--documents 100000] [--repeats 100] [--only postgres|pglite]
 *
 * PostgreSQL is that of DATABASE_URL, or one at 127.0.0.1:5432; a database is made in it, and dropped.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import { migrateCloud, openCloud, search, SearchIndexer, silentLogger } from '@tributary/sync-server';
import { percentile } from '../sync/statistics.mjs';
import { fill } from './fill.mjs';
import { QUERIES } from './queries.mjs';

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '100000' },
    repeats: { type: 'string', default: '100' },
    only: { type: 'string' },
  },
});
const documents = Number(values.documents);
const repeats = Number(values.repeats);
const SERVER = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

console.log(`Node ${process.version}, ${documents.toLocaleString('en')} documents, ${repeats} of each query`);
for (const kind of ['postgres', 'pglite']) {
  if (values.only === undefined || values.only === kind) await measure(kind);
}

async function measure(kind) {
  const place = await (kind === 'postgres' ? postgresPlace() : pglitePlace());
  console.log(`\n${kind}`);
  try {
    await migrateCloud(place.cloud, workspaceCloudSchema.migrations);
    await fill(place.cloud, documents);
    await indexAll(place.cloud);
    await askAll(place.cloud);
  } finally {
    await place.remove();
  }
}

async function indexAll(cloud) {
  const indexer = new SearchIndexer({ cloud, logger: console });
  const start = performance.now();
  indexer.start();
  while (indexer.metrics().documentsWritten < documents) await new Promise((resolve) => setTimeout(resolve, 20));
  const perSecond = documents / ((performance.now() - start) / 1000);
  await indexer.stop();
  const [{ size }] = await cloud.query(`SELECT pg_total_relation_size('sync.search_documents') / ${documents} AS size`);
  console.log(`  indexed ${Math.round(perSecond).toLocaleString('en')} documents/s, ${size} bytes each`);
}

async function askAll(cloud) {
  console.log(`  ${'query'.padEnd(38)} ${'p50'.padStart(7)} ${'p95'.padStart(7)} ${'p99'.padStart(7)}   hits`);
  for (const { name, workspace = 'large', textOf, ...rest } of QUERIES) {
    const times = [];
    let hits = 0;
    for (let i = 0; i < repeats; i++) {
      const start = performance.now();
      const result = await search(cloud, { workspaceIds: [workspace], q: textOf(i), ...rest });
      times.push(performance.now() - start);
      hits += result.hits.length;
    }
    const figures = [0.5, 0.95, 0.99].map((share) => percentile(times, share).toFixed(1).padStart(7));
    console.log(`  ${name.padEnd(38)} ${figures.join(' ')}   ${(hits / repeats).toFixed(1)}`);
  }
}

async function postgresPlace() {
  const name = `tributary_bench_${process.pid}`;
  const admin = await openCloud({ url: SERVER, directory: '', logger: silentLogger });
  await admin.execute(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  const cloud = await openCloud({ url: url.href, directory: '', logger: silentLogger });
  return {
    cloud,
    async remove() {
      await cloud.close();
      await admin.execute(`DROP DATABASE ${name}`);
      await admin.close();
    },
  };
}

async function pglitePlace() {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-bench-'));
  const cloud = await openCloud({ directory, logger: silentLogger });
  return {
    cloud,
    async remove() {
      await cloud.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
