/** How far the cloud copy is behind the log, and how much there is of it. */
import { z } from 'zod';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import type { Log, WorkspaceHead } from '../../log/log.ts';
import type { Operation } from '../operation.ts';

export interface WorkspaceStatus {
  readonly workspaceId: string;
  /** The last entry of the log that the cloud copy holds. */
  readonly seq: number;
  /** The last entry of the log. */
  readonly head: number;
  readonly behind: number;
  /** For how long the oldest of those has waited. */
  readonly lagMs: number;
  readonly rows: number;
  readonly bytes: number;
  readonly quarantined: number;
}

export interface ProjectionStatus {
  readonly workspaces: readonly WorkspaceStatus[];
  readonly total: Omit<WorkspaceStatus, 'workspaceId' | 'seq' | 'head'> & { readonly workspaces: number };
}

export const projectionStatus: Operation<Record<string, never>, never, ProjectionStatus> = {
  name: 'projection-status',
  input: z.object({}) as z.ZodType<Record<string, never>>,
  needsLog: true,
  isExclusive: false,
  run: (_input, { place: { log, cloud } }) => readStatus(log, cloud),
};

export async function readStatus(log: Log, cloud: CloudDatabase): Promise<ProjectionStatus> {
  const projected = await readProjected(cloud);
  const workspaces: WorkspaceStatus[] = [];
  for (const head of await log.workspaces()) {
    workspaces.push(await statusOf(log, head, projected.get(head.workspaceId) ?? NOTHING));
  }
  return { workspaces, total: totalOf(workspaces) };
}

type Projected = Pick<WorkspaceStatus, 'seq' | 'rows' | 'bytes' | 'quarantined'>;

const NOTHING: Projected = { seq: 0, rows: 0, bytes: 0, quarantined: 0 };

async function statusOf(
  log: Log,
  { workspaceId, head }: WorkspaceHead,
  projected: Projected,
): Promise<WorkspaceStatus> {
  const behind = Math.max(0, head - projected.seq);
  const lagMs = behind === 0 ? 0 : Math.max(0, Date.now() - (await storedAt(log, workspaceId, projected.seq + 1)));
  return { workspaceId, head, behind, lagMs, ...projected };
}

async function storedAt(log: Log, workspaceId: string, seq: number): Promise<number> {
  const [entry] = await log.read(workspaceId, { after: seq - 1, maxEntries: 1, maxBytes: 1 });
  return entry?.storedAt ?? Date.now();
}

/** Nothing where no server has ever migrated the database. */
async function readProjected(cloud: CloudDatabase): Promise<ReadonlyMap<string, Projected>> {
  const [made] = await cloud.query<{ made: boolean }>(`SELECT to_regclass('sync.cursors') IS NOT NULL AS made`);
  if (made?.made !== true) return new Map();
  const rows = await cloud.query<{ id: string; seq: bigint; rows: bigint; bytes: bigint; quarantined: bigint }>(
    `SELECT c.workspace_id AS id, c.seq, c.live_rows AS rows, c.live_bytes AS bytes, coalesce(q.n, 0) AS quarantined
     FROM sync.cursors c
     LEFT JOIN (SELECT workspace_id, count(*) AS n FROM sync.quarantine GROUP BY 1) q USING (workspace_id)`,
  );
  return new Map(
    rows.map(({ id, ...row }) => [
      id,
      {
        seq: Number(row.seq),
        rows: Number(row.rows),
        bytes: Number(row.bytes),
        quarantined: Number(row.quarantined),
      },
    ]),
  );
}

function totalOf(workspaces: readonly WorkspaceStatus[]): ProjectionStatus['total'] {
  const total = { workspaces: workspaces.length, behind: 0, lagMs: 0, rows: 0, bytes: 0, quarantined: 0 };
  for (const { behind, lagMs, rows, bytes, quarantined } of workspaces) {
    total.behind += behind;
    total.lagMs = Math.max(total.lagMs, lagMs);
    total.rows += rows;
    total.bytes += bytes;
    total.quarantined += quarantined;
  }
  return total;
}
