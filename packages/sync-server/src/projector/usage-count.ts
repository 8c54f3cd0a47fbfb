/**
 * What was stored, by workspace and day, each entry of the log once. An entry is named by the run of the relay that stored it
 * and its seq, so that reading a log anew, or one that was set back, counts nothing twice and misses nothing.
 */
import type { DecodedEntry } from './log-portion.ts';
import type { UsageOfDay, UsageOfRun } from './projection-store.ts';

export type Portions = ReadonlyMap<string, readonly DecodedEntry[]>;

export function runsOf(portions: Portions): UsageOfRun[] {
  const runs = new Map<string, UsageOfRun>();
  for (const [workspaceId, entries] of portions) {
    for (const { entry } of entries) {
      runs.set(`${entry.mark} ${workspaceId}`, { workspaceId, mark: entry.mark, lastSeq: entry.seq });
    }
  }
  return [...runs.values()];
}

/** `counted` is what has been counted of these runs before. */
export function usageOf(portions: Portions, counted: readonly UsageOfRun[]): UsageOfDay[] {
  const countedUpTo = new Map(counted.map(({ workspaceId, mark, lastSeq }) => [`${mark} ${workspaceId}`, lastSeq]));
  const days = new Map<string, { -readonly [Key in keyof UsageOfDay]: UsageOfDay[Key] }>();
  for (const [workspaceId, entries] of portions) {
    for (const { entry, changes } of entries) {
      if (entry.seq <= (countedUpTo.get(`${entry.mark} ${workspaceId}`) ?? 0)) continue;
      const day = new Date(entry.storedAt).toISOString().slice(0, 10);
      const key = `${day} ${workspaceId}`;
      const usage = days.get(key) ?? { workspaceId, day, entries: 0, changes: 0, bytes: 0 };
      usage.entries++;
      usage.changes += changes?.length ?? 0;
      usage.bytes += entry.payload.length;
      days.set(key, usage);
    }
  }
  return [...days.values()];
}
