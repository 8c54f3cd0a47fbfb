/** What the relay has done since it started. */
import type { ProtocolErrorCode } from '@tributary/sync/protocol';
import { Histogram } from './histogram.ts';

export class RelayCounters {
  connections = 0;
  frames = 0;
  bytesReceived = 0;
  bytesSent = 0;
  pushesStored = 0;
  changesStored = 0;
  batchBytesStored = 0;
  /** Sessions that read too slowly and were sent back to the log. */
  cutOvers = 0;
  presencesDropped = 0;
  failedCommits = 0;
  readonly commits = new Histogram();
  readonly refusals = new Map<ProtocolErrorCode, number>();

  refused(code: ProtocolErrorCode): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }
}
