/** A workspace in memory under a clock of its own, and the exchange between two. */
import type { Change } from '../changes/change.ts';
import { openReplica } from '../replica/open-replica.ts';
import { createRepositories } from '../repositories/create-repositories.ts';

export type TestWorkspace = ReturnType<typeof openTestWorkspace>;

export function openTestWorkspace() {
  const clock = { now: 1_000 };
  const replica = openReplica({ path: ':memory:', now: () => clock.now });
  return { replica, clock, ...createRepositories(replica) };
}

/** The cells that `action` wrote. */
export function cellsWrittenBy({ replica }: TestWorkspace, action: () => unknown): Change[] {
  const before = replica.dbVersion;
  action();
  return [...replica.ownChanges({ after: before, maxCells: ALL_CELLS }).changes];
}

/** As `table.column`, sorted. */
export function columnsWrittenBy(workspace: TestWorkspace, action: () => unknown): string[] {
  return cellsWrittenBy(workspace, action)
    .map(({ table, cid }) => `${table}.${cid}`)
    .sort();
}

/** Each gets all that the other one has written. */
export function exchange(one: TestWorkspace, other: TestWorkspace): void {
  const changes = [one, other].map(({ replica }) => replica.ownChanges({ after: 0, maxCells: ALL_CELLS }).changes);
  other.replica.applyChanges(changes[0] ?? []);
  one.replica.applyChanges(changes[1] ?? []);
}

const ALL_CELLS = 1_000_000;
