import { siteIdToHex } from '@tributary/database/changes';
import { readBatchHeader } from '@tributary/sync/protocol';
import type { LogEntry } from '@tributary/sync-server';

/** Versions of a site, `(after, upTo]`. */
interface Range {
  readonly after: number;
  readonly upTo: number;
}

/** What is wrong with a log that any number of crashes may have met: nothing, if seqs and known versions are without holes. */
export function faultsOfLog(entries: readonly LogEntry[]): string[] {
  const faults: string[] = [];
  const reached = new Map<string, number>();
  for (const [index, { seq, siteId, payload, knownVersion }] of entries.entries()) {
    if (seq !== index + 1) faults.push(`entry ${index + 1} has the seq ${seq}`);
    const site = siteIdToHex(siteId);
    const { toVersion, fragment } = readBatchHeader(payload);
    const before = reached.get(site) ?? 0;
    if (knownVersion !== before) faults.push(`entry ${seq} of ${site} knows ${knownVersion} instead of ${before}`);
    const isComplete = fragment === undefined || fragment.index === fragment.count - 1;
    if (isComplete) reached.set(site, Math.max(before, toVersion));
  }
  return faults;
}

/** Whether the log holds batches that cover a version of a site. */
export function versionsIn(entries: readonly LogEntry[]): (siteId: string, version: number) => boolean {
  const ranges = new Map<string, Range[]>();
  for (const { siteId, payload } of entries) {
    const { prevVersion, toVersion } = readBatchHeader(payload);
    const site = siteIdToHex(siteId);
    const range = { after: prevVersion, upTo: toVersion };
    ranges.set(site, [...(ranges.get(site) ?? []), range]);
  }
  return (site, version) => ranges.get(site)?.some(({ after, upTo }) => after < version && version <= upTo) ?? false;
}
