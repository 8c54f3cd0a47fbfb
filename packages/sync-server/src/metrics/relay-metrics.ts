import type { ProtocolErrorCode } from '@tributary/sync/protocol';
import type { SessionState } from '../session/session.ts';
import type { HistogramSnapshot } from './histogram.ts';
import type { RelayCounters } from './relay-counters.ts';

/** How the relay is, and what it has done since it started. */
export interface RelayMetrics {
  readonly connectionsAccepted: number;
  readonly sessions: Readonly<Record<Exclude<SessionState, 'ended'>, number>>;
  readonly rooms: number;
  readonly users: number;
  readonly framesReceived: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly pushesStored: number;
  readonly changesStored: number;
  readonly batchBytesStored: number;
  readonly pendingBytes: number;
  readonly cutOvers: number;
  readonly presencesDropped: number;
  readonly refusals: Readonly<Partial<Record<ProtocolErrorCode, number>>>;
  readonly commits: HistogramSnapshot;
  readonly failedCommits: number;
  readonly logBytes: number;
}

type CountedMetrics = Omit<RelayMetrics, 'rooms' | 'users' | 'pendingBytes' | 'logBytes'>;

export function takeSnapshot(counters: RelayCounters, states: readonly SessionState[]): CountedMetrics {
  const inState = (wanted: SessionState): number => states.filter((state) => state === wanted).length;
  return {
    connectionsAccepted: counters.connections,
    sessions: {
      greeting: inState('greeting'),
      joining: inState('joining'),
      'catching-up': inState('catching-up'),
      live: inState('live'),
    },
    framesReceived: counters.frames,
    bytesReceived: counters.bytesReceived,
    bytesSent: counters.bytesSent,
    pushesStored: counters.pushesStored,
    changesStored: counters.changesStored,
    batchBytesStored: counters.batchBytesStored,
    cutOvers: counters.cutOvers,
    presencesDropped: counters.presencesDropped,
    refusals: Object.fromEntries(counters.refusals),
    commits: counters.commits.snapshot(),
    failedCommits: counters.failedCommits,
  };
}
