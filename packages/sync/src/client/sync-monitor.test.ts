import { testSchema } from '@tributary/database/testing';
import { describe, expect, test } from 'vitest';
import { openNotes } from '../testing/notes-replica.ts';
import { ActivityLog } from './activity-log.ts';
import { Listeners } from './listeners.ts';
import type { SyncStatus } from './status.ts';
import { SyncMonitor, type MonitorStatus } from './sync-monitor.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

const SYNCED: SyncStatus = {
  state: 'synced',
  pendingOut: 0,
  pendingIn: 0,
  lastSyncedAt: 900,
  latencyMs: 20,
  role: 'editor',
};

describe('the status', () => {
  test('is that of the client, in the words of a status line', () => {
    const { monitor, client } = open();
    client.status = { ...SYNCED, pendingOut: 4 };
    expect(monitor.getSyncStatus()).toEqual({
      isOnline: true,
      pendingEvents: 4,
      conflicts: 0,
      latency: 20,
      lastSyncedAt: 900,
    });
  });

  test.each([
    ['synced', true],
    ['syncing', true],
    ['offline', false],
    ['paused', false],
    ['blocked', false],
  ] as const)('while %s is online: %s', (state, isOnline) => {
    const { monitor, client } = open();
    client.status = { ...SYNCED, state };
    expect(monitor.getSyncStatus().isOnline).toBe(isOnline);
  });

  test('counts the conflicts that nobody has resolved', () => {
    const { monitor, replica } = open();
    replica.sqlite.prepare(`INSERT INTO conflicts (id, resolved_at) VALUES ('a', NULL), ('b', 5), ('c', NULL)`).run();
    expect(monitor.getSyncStatus().conflicts).toBe(2);
  });

  test('counts none in an app without conflicts', () => {
    const { client } = open();
    expect(new SyncMonitor(client, openNotes()).getSyncStatus().conflicts).toBe(0);
  });

  test('is told after each change of the client’s, until that is ended', () => {
    const { monitor, client } = open();
    const heard: MonitorStatus[] = [];
    const end = monitor.subscribe((status) => void heard.push(status));
    client.change({ ...SYNCED, pendingOut: 1 });
    end();
    client.change(SYNCED);
    expect(heard.map(({ pendingEvents }) => pendingEvents)).toEqual([1]);
  });
});

describe('metrics', () => {
  test('are summed up by name', () => {
    const { monitor } = open();
    for (const value of [30, 10, 20, 40]) monitor.recordMetric('latency', value);
    monitor.recordMetric('batches', 7);
    expect(monitor.getDetailedMetrics(1).metrics).toEqual([
      { name: 'batches', count: 1, sum: 7, average: 7, min: 7, max: 7, p50: 7, p95: 7 },
      { name: 'latency', count: 4, sum: 100, average: 25, min: 10, max: 40, p50: 30, p95: 40 },
    ]);
  });

  test('have percentiles', () => {
    const { monitor } = open();
    for (let value = 100; value >= 1; value--) monitor.recordMetric('ms', value);
    expect(monitor.getDetailedMetrics(1).metrics).toMatchObject([{ min: 1, max: 100, p50: 51, p95: 96 }]);
  });

  test('of so many hours are those, and the activity of that time', () => {
    const { monitor, clock, replica } = open();
    const activity = new ActivityLog(replica);
    monitor.recordMetric('ms', 1);
    activity.add('pushed', '');
    clock.now += 3 * HOUR_MS;
    monitor.recordMetric('ms', 2);
    for (const kind of ['pushed', 'pulled', 'pulled'] as const) activity.add(kind, '');
    expect(monitor.getDetailedMetrics(2)).toMatchObject({
      sinceMs: clock.now - 2 * HOUR_MS,
      metrics: [{ count: 1, sum: 2 }],
      activity: { pushed: 1, pulled: 2 },
    });
    expect(monitor.getDetailedMetrics(4)).toMatchObject({ metrics: [{ count: 2 }], activity: { pushed: 2 } });
  });

  test.each([Number.NaN, Infinity, -Infinity])('that are no numbers are refused (%d)', (value) => {
    const { monitor } = open();
    expect(() => monitor.recordMetric('ms', value)).toThrow(TypeError);
    expect(monitor.getDetailedMetrics(1).metrics).toEqual([]);
  });

  test('of more than a month ago are dropped, also by processes that record a few each', () => {
    const { monitor, client, clock, replica } = open();
    monitor.recordMetric('old', 1);
    clock.now += 31 * DAY_MS;
    replica.transaction(() => {
      for (let start = 0; start < 100; start++) {
        const another = new SyncMonitor(client, replica);
        for (let value = 0; value < 10; value++) another.recordMetric('new', value);
      }
    });
    expect(monitor.getDetailedMetrics(24 * 365).metrics.map(({ name }) => name)).toEqual(['new']);
  });
});

function open() {
  const clock = { now: 1_000 * DAY_MS };
  const schema = testSchema(
    ['conflicts'],
    'CREATE TABLE conflicts (id TEXT PRIMARY KEY NOT NULL, resolved_at INTEGER)',
  );
  const replica = openNotes({ now: () => clock.now, schema });
  const client = new FakeClient();
  return { clock, replica, client, monitor: new SyncMonitor(client, replica) };
}

class FakeClient {
  readonly #listeners = new Listeners<SyncStatus>();
  status = SYNCED;

  onStatus(listener: (status: SyncStatus) => void): () => void {
    return this.#listeners.add(listener);
  }

  change(status: SyncStatus): void {
    this.status = status;
    this.#listeners.tell(status);
  }
}
