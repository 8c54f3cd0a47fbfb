import { expect, test } from 'vitest';
import { RelayCounters } from '../metrics/relay-counters.ts';
import { takeSnapshot } from '../metrics/relay-metrics.ts';
import { relayText } from './prometheus.ts';

test('is the text that Prometheus reads', () => {
  const counters = new RelayCounters();
  counters.connections = 3;
  counters.pushesStored = 2;
  counters.changesStored = 20;
  counters.refused('malformed_frame');
  counters.refused('malformed_frame');
  counters.refused('busy');
  for (const durationMs of [0.4, 3, 9_000]) counters.commits.observe(durationMs);
  const snapshot = takeSnapshot(counters, ['live', 'live', 'greeting']);
  const text = relayText({ ...snapshot, rooms: 1, users: 2, pendingBytes: 0, logBytes: 4096 });
  expect(text.split('\n').filter((line) => !line.startsWith('#'))).toMatchInlineSnapshot(`
    [
      "tributary_connections_total 3",
      "tributary_sessions{state="greeting"} 1",
      "tributary_sessions{state="joining"} 0",
      "tributary_sessions{state="catching-up"} 0",
      "tributary_sessions{state="live"} 2",
      "tributary_workspaces_open 1",
      "tributary_users_known 2",
      "tributary_frames_received_total 0",
      "tributary_received_bytes_total 0",
      "tributary_sent_bytes_total 0",
      "tributary_pushes_stored_total 2",
      "tributary_changes_stored_total 20",
      "tributary_stored_bytes_total 0",
      "tributary_pending_bytes 0",
      "tributary_slow_readers_total 0",
      "tributary_presences_dropped_total 0",
      "tributary_refusals_total{code="malformed_frame"} 2",
      "tributary_refusals_total{code="busy"} 1",
      "tributary_commit_duration_seconds_bucket{le="0.001"} 1",
      "tributary_commit_duration_seconds_bucket{le="0.002"} 1",
      "tributary_commit_duration_seconds_bucket{le="0.005"} 2",
      "tributary_commit_duration_seconds_bucket{le="0.01"} 2",
      "tributary_commit_duration_seconds_bucket{le="0.02"} 2",
      "tributary_commit_duration_seconds_bucket{le="0.05"} 2",
      "tributary_commit_duration_seconds_bucket{le="0.1"} 2",
      "tributary_commit_duration_seconds_bucket{le="0.2"} 2",
      "tributary_commit_duration_seconds_bucket{le="0.5"} 2",
      "tributary_commit_duration_seconds_bucket{le="1"} 2",
      "tributary_commit_duration_seconds_bucket{le="5"} 2",
      "tributary_commit_duration_seconds_bucket{le="+Inf"} 3",
      "tributary_commit_duration_seconds_sum 9.0034",
      "tributary_commit_duration_seconds_count 3",
      "tributary_commits_failed_total 0",
      "tributary_log_bytes 4096",
      "",
    ]
  `);
  const names = text
    .split('\n')
    .filter((line) => line.startsWith('# TYPE'))
    .map((line) => line.split(' ')[2]);
  expect(new Set(names).size).toBe(names.length);
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(/^(?:# (?:HELP|TYPE) tributary_[a-z_]+ .+|tributary_[a-z_]+(?:\{[a-z]+="[^"]+"\})? [\d.]+)$/);
  }
});
