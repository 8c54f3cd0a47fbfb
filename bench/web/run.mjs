/** How fast is the app in a browser? See README.md. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createRepositories, openReplica } from '@tributary/database';
import { SyncClient } from '@tributary/sync';
import { SyncServer } from '@tributary/sync-server';
import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/setup-browsers.mjs';
import { median, percentile } from '../sync/statistics.mjs';
import { measureDownload } from './download.mjs';
import { openSite } from './site.mjs';

const NOTES = 20_000;
const NOTES_PER_FILL = 2_000;
const CELLS = 50_000;
/** What one new note takes: title, both times, and the rest of its columns. */
const CELLS_PER_NOTE = 7;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, profile: { type: 'string' } } });
const rounds = Number(values.rounds);
const directory = mkdtempSync(path.join(tmpdir(), 'tributary-bench-data-'));
const site = await openSite();
const server = await new SyncServer({
  port: 0,
  dataDirectory: directory,
  cloud: false,
  auth: () => ({ userId: 'anybody', roleIn: () => 'owner' }),
  allowedOrigins: ['*'],
}).start();
const context = await chromium.launchPersistentContext(path.join(directory, 'profile'), {
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
});

try {
  const figures = await measure();
  report(figures);
} finally {
  await context.close();
  await server.stop();
  site.close();
  rmSync(directory, { recursive: true, force: true });
}

async function measure() {
  const one = await open('filled');
  let noteId;
  for (let from = 0; from < NOTES; from += NOTES_PER_FILL) {
    noteId = await one.evaluate(([at, count]) => bench.fill(at, count), [from, NOTES_PER_FILL]);
  }
  const reload = [];
  for (let round = 0; round < rounds + 1; round++) {
    await one.reload();
    reload.push(await one.evaluate(() => bench.firstRows()));
  }
  const other = await open('filled');
  const roles = [await one.evaluate(() => bench.isLeader()), await other.evaluate(() => bench.isLeader())];
  if (roles.join() !== 'true,false') throw new Error(`the tabs are ${roles.join()}`);
  const own = [];
  const followed = [];
  const reference = [];
  for (let round = 0; round < rounds; round++) {
    own.push(...(await one.evaluate((id) => bench.writes(id, 60), noteId)));
    followed.push(...(await other.evaluate((id) => bench.writes(id, 60), noteId)));
    reference.push(...(await one.evaluate(() => bench.indexedDb(60))));
  }
  await other.evaluate(() => bench.echo());
  const pings = await one.evaluate((count) => bench.pings(count), rounds * 40);
  const live = await measureLive(one, other, noteId);
  const input = await measureInput();
  return {
    reload: reload.slice(1),
    own,
    followed,
    reference,
    pings,
    live,
    ...input,
    download: { gzip: measureDownload('.gz'), brotli: measureDownload('.br') },
  };
}

async function measureLive(one, other, noteId) {
  const times = [];
  for (let round = 0; round < rounds * 20; round++) {
    const title = `Live ${round}`;
    const from = await one.evaluate(([id, text]) => bench.writeAt(id, text), [noteId, title]);
    times.push((await other.evaluate((text) => bench.seenAt(text), title)) - from);
  }
  return times;
}

/** Somebody types while another device's edits arrive; and before, when nothing does. */
async function measureInput() {
  const quiet = [];
  const busy = [];
  const applyMs = [];
  for (let round = 0; round < rounds; round++) {
    const workspace = `busy-${round}`;
    const page = await open(workspace, `ws://localhost:${server.port}/sync`);
    await page.evaluate(() => bench.isLeader());
    await page.locator('#field').focus();
    await type(page, 30);
    quiet.push(...(await page.evaluate(() => bench.keyLatencies())));
    const from = performance.now();
    const arriving = pushCells(workspace).then(() => arrived(page));
    for (let isOver; !isOver;) {
      isOver = await Promise.race([arriving, type(page, 5)]);
    }
    applyMs.push(performance.now() - from);
    busy.push(...(await page.evaluate(() => bench.keyLatencies())));
    await page.close();
  }
  return { quiet, busy, applyMs };
}

async function pushCells(workspaceId) {
  const replica = openReplica({ path: ':memory:' });
  const { notes } = createRepositories(replica);
  const count = Math.ceil(CELLS / CELLS_PER_NOTE);
  notes.createMany(Array.from({ length: count }, (_, index) => ({ title: `Arrives ${index}` })));
  const client = new SyncClient(`ws://127.0.0.1:${server.port}/sync`, 'anybody', { replica, workspaceId });
  await client.sync();
  client.close();
  replica.close();
}

async function arrived(page) {
  const count = Math.ceil(CELLS / CELLS_PER_NOTE);
  while ((await page.evaluate(() => bench.count())) < count) await new Promise((resolve) => setTimeout(resolve, 20));
  return true;
}

async function type(page, count) {
  for (let key = 0; key < count; key++) await page.keyboard.type('a', { delay: 15 });
}

async function open(database, relay = '') {
  const page = await context.newPage();
  await page.goto(`${site.url}/?database=${database}&relay=${encodeURIComponent(relay)}`);
  await page.evaluate(() => bench.firstRows());
  return page;
}

function report(figures) {
  const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const kib = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`;
  const verdict = (value, target) => (value <= target ? 'met' : 'missed');
  const { reload, own, followed, reference, pings, live, quiet, busy, applyMs, download } = figures;
  const p50 = median;
  const p95 = (list) => percentile(list, 0.95);
  const times = (list, base) => `${(p50(list) / p50(base)).toFixed(1)}x`;
  const rows = [
    [
      `reload to first rows, ${NOTES} notes`,
      ms(p50(reload)),
      `up to ${ms(Math.max(...reload))}`,
      '500 ms',
      verdict(p50(reload), 500),
    ],
    [
      'durable write, leading tab, p50',
      ms(p50(own)),
      `${times(own, reference)} IndexedDB; p95 ${ms(p95(own))}`,
      '5 ms',
      verdict(p50(own), 5),
    ],
    [
      'durable write, another tab, p50',
      ms(p50(followed)),
      `${times(followed, reference)} IndexedDB; p95 ${ms(p95(followed))}`,
      '5 ms',
      verdict(p50(followed), 5),
    ],
    ['reference: IndexedDB, strict, p50', ms(p50(reference)), `p95 ${ms(p95(reference))}`, '', ''],
    [
      'write in one tab until another shows it, p50',
      ms(p50(live)),
      `${times(live, pings)} a message; p95 ${ms(p95(live))}`,
      '20 ms',
      verdict(p50(live), 20),
    ],
    ['reference: BroadcastChannel, one way, p50', ms(p50(pings)), `p95 ${ms(p95(pings))}`, '', ''],
    [
      `key until painted while ${CELLS} cells arrive, p95`,
      ms(p95(busy)),
      `${(p95(busy) / p95(quiet)).toFixed(1)}x quiet; p50 ${ms(p50(busy))}`,
      '50 ms',
      verdict(p95(busy), 50),
    ],
    ['reference: the same when nothing arrives, p95', ms(p95(quiet)), `p50 ${ms(p50(quiet))}`, '', ''],
    [`those cells, from pushing to all applied`, ms(p50(applyMs)), '', '', ''],
    [
      'first download, gzip',
      kib(download.gzip.total),
      `engine ${kib(download.gzip.engine)}, scripts ${kib(download.gzip.scripts)}`,
      '650 KiB',
      verdict(download.gzip.total, 650 * 1024),
    ],
    [
      'first download, brotli',
      kib(download.brotli.total),
      `engine ${kib(download.brotli.engine)}, scripts ${kib(download.brotli.scripts)}`,
      '',
      '',
    ],
  ];
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}
