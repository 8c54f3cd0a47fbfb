/** Much at once: nothing may take time by the square of it. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeEachCloud } from '../cloud/testing/describe-each-cloud.ts';
import { Projector } from './projector.ts';
import { batchOf, cell, openMigrated, TestProjection } from './testing/test-projection.ts';

describeEachCloud('a projector of much', (cloud) => {
  let database: CloudDatabase;
  beforeAll(async () => {
    database = await openMigrated(cloud);
  });
  afterAll(() => database.close());

  test('takes in an entry with 100,000 changes of one row', async () => {
    const projected = new TestProjection(database);
    const numbers = Array.from({ length: 100_000 }, (_, index) => index + 1);
    await projected.push(
      'one row',
      ...numbers.map((n) => cell(1, `v${n}`, { colVersion: n, cid: `column_${n % 100}` })),
    );
    const startedAt = performance.now();
    await projected.catchUp(projected.projection());
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    const [row] = await database.query<{ extra: object }>(
      `SELECT _extra AS extra FROM app.notes WHERE workspace_id = 'one row'`,
    );
    expect(Object.keys(row?.extra ?? {})).toHaveLength(100);
    expect(row?.extra).toMatchObject({ column_0: 'v100000', column_1: 'v99901' });
  });

  test('surveys and projects 5,000 tiny workspaces', async () => {
    const projected = new TestProjection(database);
    const payloads = [batchOf([cell(1, 'x')])];
    const ids = Array.from({ length: 5_000 }, (_, index) => `tiny ${index}`);
    for (const workspaceId of ids) await projected.log.openWorkspace(workspaceId);
    const siteId = new Uint8Array(16).fill(1);
    await projected.log.append(
      ids.map((workspaceId) => ({ workspaceId, siteId, toVersion: 1, refill: true, payloads, unknownNames: [] })),
    );
    let announced = 0;
    const { log, schema } = projected;
    const start = (): Projector => {
      const projector = new Projector({ log, schema, cloud: database, onProjected: () => announced++ });
      onTestFinished(() => projector.stop());
      projector.start();
      return projector;
    };
    const first = start();
    await vi.waitFor(() => expect(announced).toBe(5_000), { timeout: 20_000, interval: 10 });
    expect(first.metrics()).toMatchObject({ workspacesBehind: 0, changes: 5_000 });
    await first.stop();

    const startedAt = performance.now();
    start();
    await vi.waitFor(() => expect(announced).toBe(10_000), { timeout: 20_000, interval: 10 });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    const [usage] = await database.query(
      `SELECT sum(entries)::int8 AS entries FROM billing.usage_days WHERE workspace_id LIKE 'tiny%'`,
    );
    expect(usage).toEqual({ entries: 5_000n });
  });
});
