/**
 * A member's own rows, found by reading the log from its beginning. A row is told by its key, or by who stands in one of its
 * columns: whoever won there, and of a row that is deleted whoever ever stood there, as the log still has its values.
 */
import { unpackKey, type Change, type SqlValue } from '@tributary/database/changes';
import { compareValues } from '@tributary/sync/merge';
import type { PersonalTables } from './personal-tables.ts';

export interface FoundRow {
  readonly table: string;
  readonly pk: Uint8Array;
  /** The greatest causal length that anybody has given it: odd is alive. */
  readonly cl: number;
}

interface WatchedRow {
  readonly table: string;
  readonly pk: Uint8Array;
  cl: number;
  /** In the column that says whose it is. */
  owner: { readonly val: SqlValue; readonly cl: number; readonly colVersion: number } | undefined;
  wasMembers: boolean;
  /** The row that it quotes. */
  quotedTable: SqlValue;
  quotedKey: SqlValue;
}

export class PersonalRows {
  readonly #tables: PersonalTables;
  readonly #memberId: string;
  readonly #rows = new Map<string, WatchedRow>();

  constructor(tables: PersonalTables, memberId: string) {
    this.#tables = tables;
    this.#memberId = memberId;
  }

  /** Whether a change of the table can be of a member's own row. */
  isWatched({ table }: Pick<Change, 'table'>): boolean {
    const { byKey, byColumn, quotes } = this.#tables;
    return byKey.has(table) || byColumn.has(table) || table === quotes?.table;
  }

  see(change: Change): void {
    if (!this.isWatched(change)) return;
    const { table, pk, cid, val, cl, colVersion } = change;
    const place = this.#tables.byKey.get(table);
    if (place !== undefined && !this.#isMembersKey(pk, place)) return;
    const row = this.#rowOf(change);
    row.cl = Math.max(row.cl, cl);
    const { quotes } = this.#tables;
    if (table === quotes?.table) {
      if (cid === quotes.tableColumn) row.quotedTable = val;
      if (cid === quotes.keyColumn) row.quotedKey = val;
    } else if (cid === this.#tables.byColumn.get(table)) {
      row.wasMembers ||= val === this.#memberId;
      if (isLater({ val, cl, colVersion }, row.owner)) row.owner = { val, cl, colVersion };
    }
  }

  /** As far as has been seen by now. */
  find(): readonly FoundRow[] {
    return [...this.#rows.values()].filter((row) => this.#isMembers(row));
  }

  /** By table and key. */
  static keyOf({ table, pk }: Pick<Change, 'table' | 'pk'>): string {
    return keyOf(table, pk);
  }

  #isMembers(row: WatchedRow): boolean {
    const { byKey, quotes } = this.#tables;
    if (byKey.has(row.table)) return true;
    if (row.table !== quotes?.table) return this.#ownsByColumn(row);
    const { quotedTable, quotedKey } = row;
    if (typeof quotedTable !== 'string' || !(quotedKey instanceof Uint8Array)) return false;
    const quoted = this.#rows.get(keyOf(quotedTable, quotedKey));
    return quoted !== undefined && quoted.table !== quotes.table && this.#isMembers(quoted);
  }

  #ownsByColumn({ owner, cl, wasMembers }: WatchedRow): boolean {
    const isAlive = cl % 2 === 1 && owner?.cl === cl;
    return isAlive ? owner.val === this.#memberId : wasMembers;
  }

  #isMembersKey(pk: Uint8Array, place: number): boolean {
    try {
      return unpackKey(pk)[place] === this.#memberId;
    } catch {
      return false;
    }
  }

  #rowOf({ table, pk }: Change): WatchedRow {
    const key = keyOf(table, pk);
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = { table, pk, cl: 0, owner: undefined, wasMembers: false, quotedTable: null, quotedKey: null };
      this.#rows.set(key, row);
    }
    return row;
  }
}

type OwnerCell = NonNullable<WatchedRow['owner']>;

function isLater(one: OwnerCell, other: OwnerCell | undefined): boolean {
  if (other === undefined || one.cl !== other.cl) return other === undefined || one.cl > other.cl;
  if (one.colVersion !== other.colVersion) return one.colVersion > other.colVersion;
  return compareValues(one.val, other.val) > 0;
}

function keyOf(table: string, pk: Uint8Array): string {
  return `${table}\0${Buffer.from(pk.buffer, pk.byteOffset, pk.byteLength).toString('latin1')}`;
}
