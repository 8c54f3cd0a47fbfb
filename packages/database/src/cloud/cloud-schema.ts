/**
 * What a projector must know of the tables that it fills: typed columns, in the order of the local keys, and what a
 * replica's row holds before a cell has arrived. Like `ReplicaSchema`, the workspace's own is only the first of its kind:
 * another app describes its tables with `defineCloudSchema`.
 */
import type { SqlValue } from '../changes/change.ts';

export const CLOUD_TYPES = [
  'uuid',
  'text',
  'timestamptz',
  'boolean',
  'jsonb',
  'bigint',
  'double precision',
  'bytea',
  'numeric',
] as const;

/** PostgreSQL types that a projector can turn a replica's values into. */
export type CloudType = (typeof CLOUD_TYPES)[number];

export interface CloudColumn {
  readonly name: string;
  readonly type: CloudType;
  readonly isNullable: boolean;
  /** What a replica's row holds before the cell arrives, as a typed SQLite value; null for a column of the key. */
  readonly default: SqlValue;
}

/** A table of the schema `app`, without `workspace_id` and the provenance columns, which every one of them has. */
export interface CloudTable {
  readonly name: string;
  /** In the order of the local packed key. */
  readonly key: readonly CloudColumn[];
  /** The columns outside the key. */
  readonly columns: readonly CloudColumn[];
}

export interface CloudMigration {
  /** Its file's name without extension: unique, and sorted by age. */
  readonly tag: string;
  /** Runs as one script, in one transaction. */
  readonly up: string;
  /** Undoes `up`, and nothing else. */
  readonly down: string;
}

export interface CloudSchema {
  /** By the SQL name that they have locally and in the cloud. */
  readonly tables: ReadonlyMap<string, CloudTable>;
  /** In the order in which they are applied; append-only. */
  readonly migrations: readonly CloudMigration[];
}
