/** How sync is doing, for a status line and for diagnosis: the present state, and what was measured over the last hours. */
import type { AnyReplica, Statement } from '@tributary/database';
import type { SyncClient } from './sync-client.ts';
import type { SyncStatus } from './status.ts';

export interface MonitorStatus {
  readonly isOnline: boolean;
  /** Own changes that are not on the relay's disk yet. */
  readonly pendingEvents: number;
  /** Conflicts that nobody has resolved. */
  readonly conflicts: number;
  /** Milliseconds to the relay and back. */
  readonly latency: number | undefined;
  readonly lastSyncedAt: number | undefined;
}

export interface MetricSummary {
  readonly name: string;
  readonly count: number;
  readonly sum: number;
  readonly average: number;
  readonly min: number;
  readonly max: number;
  readonly p50: number;
  readonly p95: number;
}

export interface DetailedMetrics {
  readonly sinceMs: number;
  readonly metrics: readonly MetricSummary[];
  /** How many lines of each kind the activity log got in that time. */
  readonly activity: Readonly<Record<string, number>>;
}

const HOUR_MS = 60 * 60_000;
const KEPT_MS = 30 * 24 * HOUR_MS;
const PRUNE_EVERY = 1_000;

export class SyncMonitor {
  readonly #client: Pick<SyncClient, 'status' | 'onStatus'>;
  readonly #replica: AnyReplica;
  readonly #insert: Statement;

  constructor(client: Pick<SyncClient, 'status' | 'onStatus'>, replica: AnyReplica) {
    this.#client = client;
    this.#replica = replica;
    this.#insert = replica.sqlite.prepare('INSERT INTO sync_metrics (at, name, value) VALUES (?, ?, ?)');
  }

  getSyncStatus(): MonitorStatus {
    const { state, pendingOut, latencyMs, lastSyncedAt } = this.#client.status;
    return {
      isOnline: isOnline(state),
      pendingEvents: pendingOut,
      conflicts: this.#countConflicts(),
      latency: latencyMs,
      lastSyncedAt,
    };
  }

  /** Returns what ends it. */
  subscribe(listener: (status: MonitorStatus) => void): () => void {
    return this.#client.onStatus(() => listener(this.getSyncStatus()));
  }

  recordMetric(name: string, value: number): void {
    if (!Number.isFinite(value)) throw new TypeError(`the metric ${name} is not a finite number`);
    const now = this.#replica.now();
    const { lastInsertRowid } = this.#insert.run(now, name, value);
    if (Number(lastInsertRowid) % PRUNE_EVERY !== 0) return;
    this.#replica.sqlite.prepare('DELETE FROM sync_metrics WHERE at < ?').run(now - KEPT_MS);
  }

  getDetailedMetrics(hours: number): DetailedMetrics {
    const sinceMs = this.#replica.now() - hours * HOUR_MS;
    return { sinceMs, metrics: this.#summarise(sinceMs), activity: this.#countActivity(sinceMs) };
  }

  #summarise(sinceMs: number): MetricSummary[] {
    const rows = this.#replica.sqlite
      .prepare('SELECT name, value FROM sync_metrics WHERE at >= ? ORDER BY name, value')
      .raw()
      .all(sinceMs) as [name: string, value: number][];
    const byName = new Map<string, number[]>();
    for (const [name, value] of rows) {
      const values = byName.get(name);
      if (values) values.push(value);
      else byName.set(name, [value]);
    }
    return [...byName].map(([name, values]) => summaryOf(name, values));
  }

  #countActivity(sinceMs: number): Record<string, number> {
    const rows = this.#replica.sqlite
      .prepare('SELECT kind, count(*) FROM sync_activity WHERE at >= ? GROUP BY kind')
      .raw()
      .all(sinceMs) as [kind: string, count: number][];
    return Object.fromEntries(rows);
  }

  #countConflicts(): number {
    const { sqlite } = this.#replica;
    const hasTable = sqlite.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'conflicts'`).get();
    if (hasTable === undefined) return 0;
    return sqlite.prepare('SELECT count(*) FROM conflicts WHERE resolved_at IS NULL').pluck().get() as number;
  }
}

function isOnline(state: SyncStatus['state']): boolean {
  return state === 'synced' || state === 'syncing';
}

/** The values come in order. */
function summaryOf(name: string, values: readonly number[]): MetricSummary {
  const sum = values.reduce((total, value) => total + value, 0);
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
  return {
    name,
    count: values.length,
    sum,
    average: sum / values.length,
    min: at(0),
    max: at(1),
    p50: at(0.5),
    p95: at(0.95),
  };
}
