/** The engine's functions by the names that an app without a client calls them. */
import type { AnyReplica, ApplyResult, Change } from '@tributary/database';

/** Lower-case hex of the 16 bytes. */
export function getSiteId(replica: AnyReplica): string {
  return replica.siteId;
}

/** The version of the latest transaction here, own or applied. */
export function getDbVersion(replica: AnyReplica): number {
  return replica.dbVersion;
}

/** This replica's own changes after a version. */
export function getChangesSince(replica: AnyReplica, version: number): Change[] {
  const all: Change[] = [];
  for (let after = version; ;) {
    const { changes, upTo } = replica.ownChanges({ after });
    if (changes.length === 0) return all;
    all.push(...changes);
    after = upTo;
  }
}

/** Other sites' changes, all or none of them. */
export function applyChanges(replica: AnyReplica, changes: readonly Change[]): ApplyResult {
  return replica.applyChanges(changes);
}
