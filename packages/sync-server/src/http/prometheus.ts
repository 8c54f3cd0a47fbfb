/** The metrics in Prometheus' text format, version 0.0.4. */
import { COMMIT_BOUNDS_MS, type HistogramSnapshot } from '../metrics/histogram.ts';
import type { RelayMetrics } from '../metrics/relay-metrics.ts';
import type { ProjectorFigures } from '../projector/projector-metrics.ts';

type Kind = 'counter' | 'gauge';

export function relayText(metrics: RelayMetrics): string {
  return [
    family('connections_total', 'counter', 'Connections accepted.', metrics.connectionsAccepted),
    labelled('sessions', 'gauge', 'Sessions by what they are doing.', 'state', metrics.sessions),
    family('workspaces_open', 'gauge', 'Workspaces that somebody is connected to.', metrics.rooms),
    family('users_known', 'gauge', 'Users who are connected or still owe for what they pushed.', metrics.users),
    family('frames_received_total', 'counter', 'Frames received.', metrics.framesReceived),
    family('received_bytes_total', 'counter', 'Bytes of frames received.', metrics.bytesReceived),
    family('sent_bytes_total', 'counter', 'Bytes of frames sent.', metrics.bytesSent),
    family('pushes_stored_total', 'counter', 'Pushes stored and acknowledged.', metrics.pushesStored),
    family('changes_stored_total', 'counter', 'Changes in them.', metrics.changesStored),
    family('stored_bytes_total', 'counter', 'Bytes of batches in them.', metrics.batchBytesStored),
    family('pending_bytes', 'gauge', 'Bytes of pushes that are incomplete or not yet stored.', metrics.pendingBytes),
    family('slow_readers_total', 'counter', 'Sessions sent back to the log for being slow.', metrics.cutOvers),
    family('presences_dropped_total', 'counter', 'Presences that came too often.', metrics.presencesDropped),
    labelled('refusals_total', 'counter', 'Refusals by error code.', 'code', metrics.refusals),
    histogram('commit_duration_seconds', 'How long the log took to commit.', metrics.commits),
    family('commits_failed_total', 'counter', 'Commits of the log that failed.', metrics.failedCommits),
    family('log_bytes', 'gauge', 'What the log takes on disk.', metrics.logBytes),
  ].join('');
}

/** Only whether it is there, while it is not. */
export function projectorText(figures: ProjectorFigures | undefined): string {
  const up = family('projector_up', 'gauge', 'Whether PostgreSQL is there and projected into.', figures ? 1 : 0);
  if (figures === undefined) return up;
  return [
    up,
    family('projector_workspaces_behind', 'gauge', 'Workspaces with entries to project.', figures.workspacesBehind),
    family('projector_lag_seconds', 'gauge', 'How long the oldest of them has waited.', figures.lagMs / 1000),
    family('projected_changes_total', 'counter', 'Changes projected.', figures.changes),
    family('projector_failures_total', 'counter', 'Steps that failed and were tried again.', figures.failures),
    histogram('projector_step_duration_seconds', 'How long a step of projecting took.', figures.steps),
  ].join('');
}

function family(name: string, kind: Kind, help: string, value: number): string {
  return `${head(name, kind, help)}tributary_${name} ${value}\n`;
}

function labelled(
  name: string,
  kind: Kind,
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): string {
  const lines = Object.entries(values).map(([key, value]) => `tributary_${name}{${label}="${key}"} ${value}\n`);
  return head(name, kind, help) + lines.join('');
}

function histogram(name: string, help: string, { counts, count, sumMs }: HistogramSnapshot): string {
  const buckets = COMMIT_BOUNDS_MS.map(
    (boundMs, index) => `tributary_${name}_bucket{le="${boundMs / 1000}"} ${counts[index] ?? 0}\n`,
  );
  return [
    head(name, 'histogram', help),
    ...buckets,
    `tributary_${name}_bucket{le="+Inf"} ${count}\n`,
    `tributary_${name}_sum ${sumMs / 1000}\n`,
    `tributary_${name}_count ${count}\n`,
  ].join('');
}

function head(name: string, kind: Kind | 'histogram', help: string): string {
  return `# HELP tributary_${name} ${help}\n# TYPE tributary_${name} ${kind}\n`;
}
