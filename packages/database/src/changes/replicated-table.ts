import type { Driver } from '../engine/driver.ts';
import { columnsOf, type ColumnInfo } from '../engine/table-info.ts';
import type { KeyType } from './packed-key.ts';

/** What applying changes needs to know of a CRR. */
export interface ReplicatedTable {
  readonly name: string;
  /** In key order, as a packed key has them. */
  readonly keyColumns: readonly string[];
  readonly keyTypes: readonly KeyType[];
  /** The columns outside the key. */
  readonly columns: ReadonlyMap<string, ReplicatedColumn>;
}

export interface ReplicatedColumn {
  readonly affinity: Affinity;
  readonly nullable: boolean;
}

export type Affinity = 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC';

export function describeReplicatedTable(driver: Driver, name: string): ReplicatedTable {
  const columns = columnsOf(driver, name);
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  return {
    name,
    keyColumns: key.map((column) => column.name),
    keyTypes: key.map(({ type }) => type.toUpperCase() as KeyType),
    columns: new Map(columns.filter(({ pk }) => pk === 0).map((column) => [column.name, describeColumn(column)])),
  };
}

function describeColumn({ type, notnull }: ColumnInfo): ReplicatedColumn {
  return { affinity: affinityOf(type), nullable: notnull === 0 };
}

/** SQLite's rules, in its order: https://www.sqlite.org/datatype3.html#determination_of_column_affinity */
export function affinityOf(type: string): Affinity {
  if (/int/i.test(type)) return 'INTEGER';
  if (/char|clob|text/i.test(type)) return 'TEXT';
  if (type === '' || /blob/i.test(type)) return 'BLOB';
  if (/real|floa|doub/i.test(type)) return 'REAL';
  return 'NUMERIC';
}
