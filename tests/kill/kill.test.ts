/** What SIGKILL may and may not do to a replica: processes are killed here, not simulated. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseError, openReplica, type EngineName } from '@tributary/database';
import { AVAILABLE_ENGINES, describeEachEngine } from '@tributary/database/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runAndKill } from './child.ts';
import { grownSchema, youngSchema } from './growing-schema.mjs';

const KILLS = 15;

describeEachEngine('SIGKILL', (engine) => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'tributary-kill-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test(
    `${KILLS} kills while writing lose no acknowledged transaction and split none, whichever engine opens the file then`,
    { timeout: 180_000 },
    async () => {
      const file = path.join(directory, 'written.db');
      const acknowledged = new Set<string>();
      let unfinished = 0;
      let next = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const { lines } = await runAndKill('write-transactions.mjs', [file, engine, String(next)], {
          afterLine: 2 + (kill % 7),
          ms: (kill * 7) % 40,
        });
        for (const line of lines.slice(1)) acknowledged.add(line);
        if (endsUnfinished(`${file}-wal`)) unfinished++;
        const opener = AVAILABLE_ENGINES[kill % AVAILABLE_ENGINES.length] ?? engine;
        next = assertWhole(file, opener, acknowledged) + 1;
      }
      expect(acknowledged.size).toBeGreaterThan(KILLS);
      expect(unfinished, 'kills that left a transaction unfinished in the wal').toBeGreaterThan(0);
    },
  );

  test(`${KILLS} kills while migrating leave the old version or the new one`, { timeout: 180_000 }, async () => {
    const original = path.join(directory, 'young.db');
    writeYoungFile(original, engine);
    const fullTimeMs = await timeOfMigration(original, path.join(directory, 'timed.db'), engine);
    let interrupted = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const file = path.join(directory, `killed-${kill}.db`);
      copyFileSync(original, file);
      const { lines } = await runAndKill('migrate.mjs', [file, engine], { ms: (fullTimeMs * kill) / KILLS });
      if (lines.length === 1) interrupted++;
      assertMigrates(file, engine);
    }
    expect(interrupted, 'kills that came before the migration had ended').toBeGreaterThan(KILLS / 4);
  });

  test(`${KILLS} kills while creating leave a file that opens`, { timeout: 180_000 }, async () => {
    const create = (name: string, ms: number) =>
      runAndKill('migrate.mjs', [path.join(directory, name), engine], { ms });
    const { lines: timed } = await create('timed.db', 60_000);
    const fullTimeMs = Number(timed[1]?.split(' ')[1]);
    let begun = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const name = `killed-${kill}.db`;
      const { lines } = await create(name, (fullTimeMs * kill) / KILLS);
      if (lines.length === 1 && existsSync(path.join(directory, name))) begun++;
      const opener = AVAILABLE_ENGINES[kill % AVAILABLE_ENGINES.length] ?? engine;
      const replica = openReplica({ path: path.join(directory, name), engine: opener, schema: grownSchema });
      expect(replica.sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(replica.sqlite.prepare('SELECT * FROM items').all()).toEqual([]);
      replica.close();
    }
    expect(begun, 'kills between the first byte and the last').toBeGreaterThan(0);
  });

  test('a second process is told who holds the file, and a killed holder frees it', { timeout: 30_000 }, async () => {
    const file = path.join(directory, 'held.db');
    const holder = spawn(process.execPath, [fileURLToPath(new URL('hold.mjs', import.meta.url)), file, engine], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect(() => openReplica({ path: file, engine })).toThrow(DatabaseError);
    expect(() => openReplica({ path: file, engine })).toThrow(`in use by process ${holder.pid} (hold.mjs)`);
    holder.kill('SIGKILL');
    await new Promise((resolve) => holder.once('exit', resolve));
    openReplica({ path: file, engine }).close();
  });
});

/** Whether the last of what a wal holds was not committed: it is frames of a page each, and the last of a commit says so. */
function endsUnfinished(wal: string): boolean {
  const bytes = readFileSync(wal);
  const salts = bytes.subarray(16, 24);
  const frameBytes = 24 + bytes.readUInt32BE(8);
  let isUnfinished = false;
  for (let at = 32; at + frameBytes <= bytes.length; at += frameBytes) {
    if (!bytes.subarray(at + 8, at + 16).equals(salts)) break;
    isUnfinished = bytes.readUInt32BE(at + 4) === 0;
  }
  return isUnfinished;
}

/** Returns the highest transaction found. */
function assertWhole(file: string, engine: EngineName, acknowledged: ReadonlySet<string>): number {
  const replica = openReplica({ path: file, engine });
  try {
    expect(replica.sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    const transactions = replica.sqlite
      .prepare('SELECT title, count(*), max(created_at) FROM notes GROUP BY title')
      .raw()
      .all() as [title: string, rows: number, expectedRows: number][];
    for (const [title, rows, expectedRows] of transactions) expect(rows, `rows of ${title}`).toBe(expectedRows);
    const found = new Set(transactions.map(([title]) => title));
    expect([...acknowledged].filter((number) => !found.has(number))).toEqual([]);
    const titleCells = replica.sqlite.prepare(`SELECT count(*) FROM notes__crsql_clock WHERE col_name = 'title'`);
    const rows = replica.sqlite.prepare('SELECT count(*) FROM notes');
    expect(titleCells.pluck().get(), 'one clock for each cell').toBe(rows.pluck().get());
    return Math.max(-1, ...transactions.map(([title]) => Number(title)));
  } finally {
    replica.close();
  }
}

const ITEMS = 5_000;

function writeYoungFile(file: string, engine: EngineName): void {
  const replica = openReplica({ path: file, engine, schema: youngSchema });
  const insert = replica.sqlite.prepare('INSERT INTO items (id, name) VALUES (?, ?)');
  replica.transaction(() => {
    for (let i = 0; i < ITEMS; i++) insert.run(`item ${i}`, `name ${i}`);
  });
  replica.close();
}

async function timeOfMigration(original: string, copy: string, engine: EngineName): Promise<number> {
  copyFileSync(original, copy);
  const { lines } = await runAndKill('migrate.mjs', [copy, engine], { ms: 60_000 });
  return Number(lines[1]?.split(' ')[1]);
}

function assertMigrates(file: string, engine: EngineName): void {
  const replica = openReplica({ path: file, engine, schema: grownSchema });
  try {
    expect(replica.sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(replica.sqlite.prepare(`SELECT count(*) FROM items WHERE colour = 'grey'`).pluck().get()).toBe(ITEMS);
    expect(replica.sqlite.prepare('SELECT count(*) FROM labels').pluck().get()).toBe(0);
    expect(replica.sqlite.prepare('SELECT tag FROM local_migrations ORDER BY tag').pluck().all()).toHaveLength(2);
    const after = replica.dbVersion;
    replica.sqlite.prepare(`UPDATE items SET colour = 'red' WHERE id = 'item 1'`).run();
    expect(replica.ownChanges({ after }).changes.map(({ cid, val }) => [cid, val])).toEqual([['colour', 'red']]);
  } finally {
    replica.close();
  }
}
