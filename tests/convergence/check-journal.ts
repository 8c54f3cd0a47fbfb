import type { Replica } from '@tributary/database';
import { siteIdToHex } from '@tributary/database/changes';
import type { ConflictModel, ExpectedConflict, Side } from './conflict-model.ts';

interface JournalRow {
  readonly kind: string;
  readonly table_name: string;
  readonly row_key: Uint8Array;
  readonly column_name: string;
  readonly losing_value: string;
  readonly winning_site: string;
  readonly losing_site: string;
}

/** What is wrong with the journal; undefined when it holds just what the model expects. */
export function checkJournal(replica: Replica, model: ConflictModel): string | undefined {
  const rows = replica.sqlite.prepare('SELECT * FROM conflicts').all() as JournalRow[];
  const actual = rows.map(describeRow).sort();
  const wanted = [...expectedRows(model.expected).values()].sort();
  const missing = without(wanted, actual);
  const unexpected = without(actual, wanted);
  if (missing.length === 0 && unexpected.length === 0) return undefined;
  return `the journal lacks\n    ${missing.join('\n    ')}\n  and should not have\n    ${unexpected.join('\n    ')}`;
}

/** One for each lost edit, and the site that it lost against. */
function expectedRows(conflicts: readonly ExpectedConflict[]): ReadonlyMap<string, string> {
  return new Map(
    conflicts.map(({ kind, table, rowKey, column, winner, loser }) => {
      const id = [kind, table, rowKey, column, loser.siteId, loser.dbVersion, winner.siteId].join('|');
      const losing = JSON.stringify(typed(loser.val));
      return [id, [kind, table, rowKey, column, losing, winner.siteId, loser.siteId].join(' ')];
    }),
  );
}

/** Equal lines count as often as they come. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function describeRow(row: JournalRow): string {
  const { kind, table_name: table, row_key: key, column_name: column } = row;
  return [kind, table, siteIdToHex(key), column, row.losing_value, row.winning_site, row.losing_site].join(' ');
}

function typed(val: Side['val']): unknown {
  if (val === null || typeof val === 'string') return val;
  if (typeof val === 'bigint') return { integer: String(val) };
  return typeof val === 'number' ? { real: String(val) } : { blob: siteIdToHex(val) };
}
