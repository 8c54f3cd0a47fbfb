import type { Change } from '@tributary/database/changes';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeCloud, describeEachCloud } from '../cloud/testing/describe-each-cloud.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { Projector, type ProjectorOptions } from './projector.ts';
import { FaultyCloud } from './testing/faulty-cloud.ts';
import { cell, openMigrated, storedUsage, TestProjection } from './testing/test-projection.ts';

const WAIT = { timeout: 10_000, interval: 10 };

/** Stopped with the test; what it has announced, by workspace. */
function startOn(database: CloudDatabase, projected: TestProjection, options: Partial<ProjectorOptions> = {}) {
  const announced = new Map<string, number[]>();
  const logger = new RecordingLogger();
  const { log, schema } = projected;
  const projector = new Projector({
    log,
    schema,
    cloud: database,
    logger,
    onProjected: (id, seq) => announced.set(id, [...(announced.get(id) ?? []), seq]),
    ...options,
  });
  onTestFinished(() => projector.stop());
  projector.start();
  const push = async (id: string, ...changes: readonly Change[]): Promise<void> => {
    projector.stored(id, await projected.push(id, ...changes));
  };
  const reaches = (id: string, seq: number) => vi.waitFor(() => expect(projector.projectedSeq(id)).toBe(seq), WAIT);
  return { projector, announced, logger, push, reaches };
}

describeEachCloud('a projector', (cloud) => {
  let database: CloudDatabase;
  beforeAll(async () => {
    database = await openMigrated(cloud);
  });
  afterAll(() => database.close());
  const start = (projected: TestProjection, options?: Partial<ProjectorOptions>) =>
    startOn(database, projected, options);

  test('finds what was stored while nobody projected, and announces every step once', async () => {
    const projected = new TestProjection(database);
    await projected.log.openWorkspace('empty');
    for (let entry = 1; entry <= 5; entry++) await projected.push('found', cell(entry, 'x'));
    const first = start(projected, { maxChanges: 2 });
    await first.reaches('found', 5);
    expect(first.announced.get('found')).toEqual([2, 4, 5]);
    expect(first.projector.metrics()).toMatchObject({ workspacesBehind: 0, lagMs: 0, changes: 5, failures: 0 });
    await first.push('found', cell(6, 'x'));
    await first.reaches('found', 6);
    await first.projector.stop();
    const second = start(projected);
    await second.reaches('found', 6);
    expect(second.announced).toEqual(new Map([['found', [6]]]));
    expect(second.logger.lines).toEqual([]);
  });

  test('finds that a log was restored which ends where it ended before', async () => {
    const lost = new TestProjection(database);
    await lost.push('restored', cell(1, 'lost'));
    await lost.catchUp(lost.projection());
    const restored = new TestProjection(database);
    await restored.push('restored', cell(2, 'other'));
    start(restored);
    await vi.waitFor(async () => expect(await restored.titles('restored')).toEqual({ 1: 'lost', 2: 'other' }), WAIT);
  });

  test('goes on by itself when PostgreSQL was away, and says so once', async () => {
    const projected = new TestProjection(database);
    const faulty = new FaultyCloud(database);
    faulty.isAway = true;
    const { projector, logger, push, reaches, announced } = start(projected, { cloud: faulty });
    for (let entry = 1; entry <= 20; entry++) {
      await push('away', cell(entry, 'x'));
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(projector.metrics().workspacesBehind).toBe(1);
    expect(projector.metrics().lagMs).toBeGreaterThan(400);
    faulty.isAway = false;
    await reaches('away', 20);
    faulty.isAway = true;
    await push('away', cell(21, 'x'));
    await vi.waitFor(() => expect(logger.lines).toHaveLength(3), WAIT);
    faulty.isAway = false;
    await reaches('away', 21);
    const fails = 'error: the projector cannot go on, and tries again; nothing is lost';
    await vi.waitFor(() => expect(logger.lines).toHaveLength(4), WAIT);
    expect(logger.lines).toEqual([fails, 'info: the projector goes on', fails, 'info: the projector goes on']);
    expect(announced.get('away')).toEqual([20, 21]);
    expect(projector.metrics().failures).toBeGreaterThan(2);
  });

  test('does not let a workspace that cannot be projected keep the others', async () => {
    const projected = new TestProjection(database);
    const faulty = new FaultyCloud(database);
    let isBroken = true;
    faulty.onStatement = (_, [records]) => {
      if (isBroken && typeof records === 'string' && records.includes('"w":"broken')) throw new Error('cannot be');
    };
    for (const id of ['broken 1', 'sound 1', 'broken 2', 'sound 2']) await projected.push(id, cell(1, id));
    const { projector, logger, push, reaches } = start(projected, { cloud: faulty });
    await reaches('sound 1', 1);
    await reaches('sound 2', 1);
    for (let entry = 2; entry <= 30; entry++) {
      await push('sound 1', cell(entry, 'x'));
      await reaches('sound 1', entry);
    }
    expect(projector.projectedSeq('broken 1')).toBeUndefined();
    expect(projector.metrics().workspacesBehind).toBe(2);
    expect(logger.lines).toEqual(Array(2).fill('error: a workspace cannot be projected, and is tried again'));
    isBroken = false;
    await reaches('broken 1', 1);
    await reaches('broken 2', 1);
  });

  test('forgets a workspace when the step that it is in is over, and the others go on', async () => {
    const projected = new TestProjection(database);
    const { log } = projected;
    let release: () => void = () => undefined;
    let gate: Promise<void> | undefined = new Promise((resolve) => (release = resolve));
    let begun: () => void = () => undefined;
    const isHeld = new Promise<void>((resolve) => (begun = resolve));
    const gated: ProjectorOptions['log'] = {
      markAt: (...args) => log.markAt(...args),
      workspaces: () => log.workspaces(),
      async read(...args) {
        begun();
        await gate;
        return log.read(...args);
      },
    };
    for (let entry = 1; entry <= 30; entry++) await projected.push('forgotten', cell(entry, 'x'));
    await projected.push('remembered', cell(1, 'x'));
    const { projector, push, reaches, announced } = start(projected, { log: gated, maxChanges: 10 });
    await isHeld;
    let isForgotten = false;
    const forgetting = projector.forget('forgotten').then(() => (isForgotten = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isForgotten).toBe(false);
    gate = undefined;
    release();
    await forgetting;
    await projected.log.deleteWorkspace('forgotten');
    await push('remembered', cell(2, 'x'));
    await reaches('remembered', 2);
    expect(projector.projectedSeq('forgotten')).toBeUndefined();
    expect(announced.has('forgotten')).toBe(false);
    expect(projector.metrics()).toMatchObject({ workspacesBehind: 0, failures: 0 });
    await push('forgotten', cell(1, 'of a new life'));
    await reaches('forgotten', 1);
  });

  test('lets a small workspace pass a huge one', async () => {
    const projected = new TestProjection(database);
    for (let entry = 1; entry <= 300; entry++)
      await projected.push('a huge one', cell(entry, 'x'), cell(entry + 1, 'y'));
    const { projector, push, reaches } = start(projected, { maxChanges: 10 });
    await vi.waitFor(() => expect(projector.projectedSeq('a huge one')).toBeGreaterThan(0), WAIT);
    await push('small', cell(1, 'x'));
    await reaches('small', 1);
    expect(projector.projectedSeq('a huge one')).toBeLessThan(150);
    await reaches('a huge one', 300);
  });

  describe('that is stopped', () => {
    test('in the middle of a step ends with it', async () => {
      const projected = new TestProjection(database);
      for (let entry = 1; entry <= 50; entry++) await projected.push('stopped', cell(entry, 'x'));
      const { projector, announced } = start(projected, { maxChanges: 1 });
      await vi.waitFor(() => expect(projector.projectedSeq('stopped')).toBeGreaterThan(0), WAIT);
      await projector.stop();
      const reached = projector.projectedSeq('stopped') ?? 0;
      expect(reached).toBeLessThan(50);
      expect(await projected.cursor('stopped')).toMatchObject({ seq: BigInt(reached) });
      expect(announced.get('stopped')).toEqual(Array.from({ length: reached }, (_, index) => index + 1));
    });

    test('while PostgreSQL is away does not wait for it', async () => {
      const projected = new TestProjection(database);
      const faulty = new FaultyCloud(database);
      faulty.isAway = true;
      const { projector, logger } = start(projected, { cloud: faulty });
      await vi.waitFor(() => expect(projector.metrics().failures).toBe(3), WAIT);
      const startedAt = performance.now();
      await projector.stop();
      expect(performance.now() - startedAt).toBeLessThan(100);
      expect(logger.lines).toHaveLength(1);
    });

    test('before it was started does nothing', async () => {
      const projected = new TestProjection(database);
      const { log, schema } = projected;
      const projector = new Projector({ log, cloud: database, schema });
      await projector.stop();
      projector.start();
      await projector.stop();
      expect(projector.metrics()).toMatchObject({ workspacesBehind: 0, changes: 0, failures: 0 });
    });
  });

  test('may run beside another one', async () => {
    const projected = new TestProjection(database);
    const both = [start(projected, { maxChanges: 3 }), start(projected, { maxChanges: 2 })];
    for (let entry = 1; entry <= 60; entry++) {
      const id = `both ${entry % 3}`;
      const seq = await projected.push(id, cell(entry % 7, `v${entry}`, { colVersion: entry }), cell(9, 'x'));
      for (const { projector } of both) projector.stored(id, seq);
    }
    for (const { reaches, announced } of both) {
      for (const id of ['both 0', 'both 1', 'both 2']) await reaches(id, 20);
      for (const seqs of announced.values()) expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    }
    for (const id of ['both 0', 'both 1', 'both 2']) {
      expect(await projected.usage(id)).toEqual(await storedUsage(projected.log, id, 40));
      expect(await projected.cursor(id)).toMatchObject({ live_rows: 8n });
    }
  });
});

describeCloud('postgres', 'a projector whose connection ends', (cloud) => {
  test('survives that in the middle of a step', async () => {
    const database = await openMigrated(cloud);
    const projected = new TestProjection(database);
    const { push, reaches } = startOn(database, projected, { maxChanges: 3 });
    for (let entry = 1; entry <= 100; entry++) {
      await push('cut', cell(entry, 'x'));
      if (entry % 10 !== 0) continue;
      await database.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
    }
    await reaches('cut', 100);
    expect(Object.keys(await projected.titles('cut'))).toHaveLength(100);
    expect(await projected.usage('cut')).toEqual(await storedUsage(projected.log, 'cut', 100));
  });
});
