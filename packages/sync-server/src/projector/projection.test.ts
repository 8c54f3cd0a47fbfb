import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { createSeededRandom, seedOfRun } from '@tributary/database/testing';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/describe-each-cloud.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { FaultyCloud } from './testing/faulty-cloud.ts';
import {
  cell,
  deletion,
  openMigrated,
  storedUsage,
  TestProjection,
  titlesOf,
  uuid,
} from './testing/test-projection.ts';

describeEachCloud('a projection', (cloud) => {
  let database: CloudDatabase;
  beforeAll(async () => {
    database = await openMigrated(cloud);
  });
  afterAll(() => database.close());

  describe('in the face of failures', () => {
    test('changes nothing when it fails before any statement, and all of it when it is tried again', async () => {
      const projected = new TestProjection(database);
      const faulty = new FaultyCloud(database);
      const projection = projected.projection({ cloud: faulty });
      await projected.push('crash', cell(1, 'old'), cell(2, 'gone'), cell(3, 'a\0b'));
      await projected.catchUp(projection);
      await projected.push('crash', cell(1, 'new', { colVersion: 2 }), deletion(2), cell(4, 'four'));
      const before = await everythingOf(database, 'crash');
      let failures = 0;
      for (faulty.failsAt = 1; ; faulty.failsAt++) {
        const stands = await projection.advance(await projected.heads()).catch(() => undefined);
        if (stands !== undefined) break;
        failures++;
        expect(await everythingOf(database, 'crash')).toEqual(before);
      }
      expect(failures).toBeGreaterThanOrEqual(8);
      expect(await projected.titles('crash')).toEqual({ 1: 'new', 3: 'a\uFFFDb', 4: 'four' });
      expect(await projected.usage('crash')).toEqual(await storedUsage(projected.log, 'crash', 6));
    });

    test('counts once what was committed and reported as failed', async () => {
      const projected = new TestProjection(database);
      const faulty = new FaultyCloud(database);
      const projection = projected.projection({ cloud: faulty });
      for (let round = 1; round <= 3; round++) {
        await projected.push('lost answer', cell(round, 'x'), cell(round + 10, 'y'));
        faulty.losesCommit = true;
        await expect(projection.advance(await projected.heads())).rejects.toThrow('away');
        await projected.catchUp(projection);
      }
      expect(await projected.usage('lost answer')).toEqual(await storedUsage(projected.log, 'lost answer', 6));
      expect(await projected.cursor('lost answer')).toMatchObject({ seq: 3n, live_rows: 6n, live_bytes: 6n });
    });
  });

  const seed = seedOfRun();
  test(`may run beside others on the same workspaces (seed ${seed})`, async () => {
    const random = createSeededRandom(seed);
    const projected = new TestProjection(database);
    const workspaceIds = ['beside a', 'beside b', 'beside c'];
    const expected = new Map(workspaceIds.map((id) => [id, new Map<number, string>()]));
    let version = 0;
    for (let round = 0; round < 15; round++) {
      for (let pushes = random.below(12); pushes > 0; pushes--) {
        const [workspaceId, number] = [random.pick(workspaceIds), random.below(6)];
        version++;
        await projected.push(workspaceId, cell(number, `v${version}`, { colVersion: version, dbVersion: version }));
        expected.get(workspaceId)?.set(number, `v${version}`);
      }
      const heads = await projected.heads();
      const others = [1, 2, 3, 4].map((maxChanges) => projected.projection({ maxChanges }));
      await Promise.all(others.map((other) => other.advance(new Map(random.shuffle([...heads])))));
    }
    await projected.catchUp(projected.projection());
    for (const [workspaceId, titles] of expected) {
      expect(await projected.titles(workspaceId)).toEqual(Object.fromEntries(titles));
      const { head = 0 } = (await projected.log.workspaces()).find((one) => one.workspaceId === workspaceId) ?? {};
      expect(await projected.usage(workspaceId)).toEqual(await storedUsage(projected.log, workspaceId, head));
      expect(await projected.cursor(workspaceId)).toMatchObject({ seq: BigInt(head), live_rows: BigInt(titles.size) });
    }
  });

  describe('of a log that was set back', () => {
    test('takes in what was stored since, and counts each entry once', async () => {
      const directory = temporaryDirectory();
      const [file, copy] = [path.join(directory, 'log.db'), path.join(directory, 'copy.db')];
      let projected = new TestProjection(database, { path: file });
      await projected.push('set back', cell(1, 'kept'), cell(2, 'two'));
      await projected.close();
      copyFileSync(file, copy);

      projected = new TestProjection(database, { path: file });
      await projected.push('set back', cell(2, 'lost', { colVersion: 2 }), cell(3, 'lost too'));
      await projected.push('set back', cell(4, 'lost as well'));
      await projected.catchUp(projected.projection());
      const first = await projected.usage('set back');
      await projected.close();

      const restored = new TestProjection(database, { path: copy });
      await restored.push('set back', cell(5, 'after'));
      await restored.catchUp(restored.projection());
      await restored.push('set back', cell(2, 'after', { colVersion: 3 }));
      await restored.catchUp(restored.projection());
      const titles = { 1: 'kept', 2: 'after', 3: 'lost too', 4: 'lost as well', 5: 'after' };
      expect(await restored.titles('set back')).toEqual(titles);
      const again = await storedUsage(restored.log, 'set back', 0);
      const usage = await restored.usage('set back');
      expect(usage).toMatchObject({ entries: 5n, changes: 7n });
      expect(first).toMatchObject({ entries: 3n, changes: 5n });
      expect(again).toMatchObject({ entries: 3n });
      expect(await restored.cursor('set back')).toMatchObject({ seq: 3n, head_seq: 3n, live_rows: 5n });
      await restored.close();
    });

    test('keeps the rows of one that was wiped, and begins again', async () => {
      const lost = new TestProjection(database);
      for (let entry = 1; entry <= 3; entry++) await lost.push('wiped', cell(entry, 'before'));
      await lost.catchUp(lost.projection({ maxChanges: 1 }));
      const wiped = new TestProjection(database);
      await wiped.log.openWorkspace('wiped');
      await wiped.projection().advance(new Map([['wiped', 0]]));
      expect(await wiped.cursor('wiped')).toMatchObject({ seq: 0n, head_seq: 0n, pending_since: null, live_rows: 3n });
      await wiped.push('wiped', cell(1, 'after', { colVersion: 2 }));
      await wiped.catchUp(wiped.projection());
      expect(await wiped.titles('wiped')).toEqual({ 1: 'after', 2: 'before', 3: 'before' });
      expect(await wiped.usage('wiped')).toMatchObject({ entries: 4n, changes: 4n });
    });
  });

  test('never shows half of a version that came in fragments', async () => {
    const projected = new TestProjection(database);
    const numbers = Array.from({ length: 30 }, (_, index) => index);
    await projected.pushFragments(
      'fragments',
      [0, 10, 20].map((at) => numbers.slice(at, at + 10).map((n) => cell(n, 'new'))),
    );
    await projected.push('fragments', cell(99, 'later'));
    const projection = projected.projection({ maxChanges: 5 });
    const [stand] = (await projection.advance(await projected.heads('fragments'))).values();
    expect(stand).toMatchObject({ seq: 3, changes: 30, pendingSince: expect.any(Number) });
    expect(Object.keys(await projected.titles('fragments'))).toHaveLength(30);
  });

  test('takes no more into memory at once than it may', async () => {
    const projected = new TestProjection(database);
    for (let entry = 1; entry <= 5; entry++) await projected.push('memory', cell(entry, 'x'.repeat(1_000)));
    const projection = projected.projection({ maxBytes: 2_500 });
    const seqs = [];
    for (let step = 0; step < 3; step++) {
      seqs.push((await projection.advance(await projected.heads())).get('memory')?.seq);
    }
    expect(seqs).toEqual([3, 5, 5]);
  });

  test('gives each workspace its turn, however much another one has', async () => {
    const projected = new TestProjection(database);
    for (let entry = 1; entry <= 5; entry++) await projected.push('a huge one', cell(entry, 'x'));
    await projected.push('b small one', cell(1, 'x'));
    const heads = await projected.heads();
    const stands = await projected.projection({ maxChanges: 2 }).advance(heads);
    expect([...stands.keys()]).toEqual(['a huge one']);
    const next = await projected.projection({ maxChanges: 2 }).advance(new Map([...heads].toReversed()));
    expect([...next.keys()]).toEqual(['b small one', 'a huge one']);
  });

  test('says how far it is, and how much there is', async () => {
    let now = Date.UTC(2026, 0, 1);
    const projected = new TestProjection(database, { now: () => now });
    const projection = projected.projection({ maxChanges: 2 });
    const step = async () => {
      await projection.advance(await projected.heads());
      const [lag] = await database.query(
        `SELECT seq, head_seq, entries_behind, lag = interval '0' AS is_level FROM sync.lag WHERE workspace_id = 'figures'`,
      );
      const { live_rows: rows, live_bytes: bytes, pending_since: since } = await projected.cursor('figures');
      return { ...lag, rows, bytes, since };
    };
    await projected.push('figures', cell(1, 'four'), cell(2, 'äö'));
    now += 1_000;
    await projected.push('figures', cell(1, 'sixsix', { colVersion: 2 }), cell(2, 5n, { cid: 'created_at' }));
    await projected.push('figures', deletion(1));
    await projected.push('figures', cell(1, 'back', { cl: 3, colVersion: 1 }));
    expect(await step()).toEqual({
      seq: 1n,
      head_seq: 4n,
      entries_behind: 3n,
      is_level: false,
      rows: 2n,
      bytes: 6n,
      since: new Date(now),
    });
    const level = { head_seq: 4n, entries_behind: 0n, is_level: true, since: null };
    expect(await step()).toMatchObject({ seq: 2n, rows: 2n, bytes: 16n, is_level: false });
    expect(await step()).toEqual({ ...level, seq: 4n, rows: 2n, bytes: 14n });
    await projected.push('figures', deletion(1, { cl: 4, colVersion: 4 }), deletion(2));
    expect(await step()).toEqual({ ...level, seq: 5n, head_seq: 5n, rows: 0n, bytes: 0n });
    expect(await database.query(`SELECT 1 FROM app.notes WHERE workspace_id = 'figures'`)).toEqual([]);
  });

  test('says of a row who changed it last, when, and with which entry', async () => {
    const projected = new TestProjection(database, { now: () => Date.UTC(2026, 4, 1) });
    await projected.push('provenance', cell(1, 'x'));
    await projected.push('provenance', cell(1, 'y', { colVersion: 2, siteId: new Uint8Array(16).fill(0xab) }));
    await projected.push('provenance', cell(1, 'old news'));
    await projected.catchUp(projected.projection());
    const [row] = await database.query(`SELECT * FROM app.notes WHERE workspace_id = 'provenance'`);
    expect(row).toMatchObject({ id: uuid(1), _updated_by: 'ab'.repeat(16), _version: 2n, _extra: null });
    expect(row?.['_updated_at']).toEqual(new Date(Date.UTC(2026, 4, 1)));
  });
});

/** All that a step may change. */
async function everythingOf(database: CloudDatabase, workspaceId: string): Promise<unknown> {
  const tables = ['sync.cursors', 'sync.row_clocks', 'sync.quarantine', 'sync.counted_runs', 'billing.usage_days'];
  const rows = tables.map((table) =>
    database.query(`SELECT t::text FROM ${table} t WHERE workspace_id = $1 ORDER BY 1`, [workspaceId]),
  );
  return [await titlesOf(database, workspaceId), ...(await Promise.all(rows))];
}
