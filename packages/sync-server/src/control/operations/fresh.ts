/** The cloud copy dropped, and made anew from the log: what `projection rebuild` cannot put right. */
import { z } from 'zod';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import type { Operation } from '../operation.ts';
import { readStatus, type ProjectionStatus } from './projection-status.ts';

export interface FreshForecast {
  readonly status: ProjectionStatus;
  /** Of readers to workspaces: nothing else knows of them. */
  readonly readerGrants: number;
}

const nothing = z.object({}) as z.ZodType<Record<string, never>>;

/** What fresh would drop. */
export const forecastFresh: Operation<Record<string, never>, never, FreshForecast> = {
  name: 'fresh-forecast',
  input: nothing,
  needsLog: true,
  isExclusive: false,
  async run(_input, { place: { log, cloud } }) {
    return { status: await readStatus(log, cloud), readerGrants: await countGrants(cloud) };
  },
};

/** How far the new copy has come. */
export interface FreshStep {
  readonly done: number;
  readonly all: number;
}

const POLL_MS = 200;

export const fresh: Operation<Record<string, never>, FreshStep, ProjectionStatus> = {
  name: 'fresh',
  input: nothing,
  needsLog: true,
  isExclusive: true,
  async run(_input, { place, emit, signal }) {
    await place.remakeCloud();
    for (;;) {
      signal.throwIfAborted();
      const status = await readStatus(place.log, place.cloud);
      const all = status.workspaces.reduce((sum, { head }) => sum + head, 0);
      await emit({ done: all - status.total.behind, all });
      if (status.total.behind === 0) return status;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  },
};

async function countGrants(cloud: CloudDatabase): Promise<number> {
  const [made] = await cloud.query<{ made: boolean }>(`SELECT to_regclass('sync.reader_grants') IS NOT NULL AS made`);
  if (made?.made !== true) return 0;
  const [grants] = await cloud.query<{ n: bigint }>('SELECT count(*) AS n FROM sync.reader_grants');
  return Number(grants?.n ?? 0);
}
