import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { numeric } from 'drizzle-orm/pg-core';
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SqlValue } from '../changes/change.ts';
import { describeSchema } from '../changes/describe-schema.ts';
import { openReplica } from '../replica/open-replica.ts';
import type { Replica } from '../replica/replica.ts';
import { id } from '../schema/columns.ts';
import { defineReplicaSchema } from '../schema/replica-schema.ts';
import { workspaceSchema, type WorkspaceTables } from '../schema/workspace.ts';
import * as cloud from './columns.ts';
import { defineCloudSchema } from './define-cloud-schema.ts';
import { readable } from './readable.ts';
import { app } from './schemas.ts';
import { workspaceCloudSchema } from './workspace-cloud-schema.ts';

const TABLES = [...workspaceCloudSchema.tables.values()].map((table) => [table.name, table] as const);

describe('the cloud schema of the workspace', () => {
  let replica: Replica<WorkspaceTables>;
  beforeAll(() => {
    replica = openReplica({ path: ':memory:', engine: 'wasm' });
  });
  afterAll(() => replica.close());

  test('has the replicated tables, with their keys in the order of a packed key', () => {
    const local = describeSchema(workspaceSchema);
    expect([...workspaceCloudSchema.tables.keys()].sort()).toEqual([...local.keys()].sort());
    for (const { name, key, columns } of workspaceCloudSchema.tables.values()) {
      expect(key.map((column) => column.name)).toEqual(local.get(name)?.keyColumns);
      expect(columns.map((column) => column.name)).toEqual([...(local.get(name)?.columns.keys() ?? [])]);
    }
  });

  test.each(TABLES)('says of %s what SQLite holds in a row that has only its key', (name, { key, columns }) => {
    const { sqlite } = replica;
    const keys = key.map((column) => column.name);
    sqlite.prepare(`INSERT INTO ${name} (${keys.join()}) VALUES (${keys.map(() => `'x'`).join()})`).run();
    for (const column of columns) {
      const stored = sqlite
        .prepare(`SELECT "${column.name}" AS value, typeof("${column.name}") AS type FROM ${name}`)
        .get() as { value: unknown; type: string };
      expect({ column: column.name, ...stored }).toEqual({
        column: column.name,
        value: typeof column.default === 'bigint' ? Number(column.default) : column.default,
        type: storageClassOf(column.default),
      });
    }
  });

  test('has no columns that only the cloud has', () => {
    const names = TABLES.flatMap(([, { key, columns }]) => [...key, ...columns].map((column) => column.name));
    expect(names.filter((name) => name === 'workspace_id' || name.startsWith('_'))).toEqual([]);
  });

  test('has text for the ids of members, which need not be UUIDs', () => {
    const texts = TABLES.flatMap(([, { name, key, columns }]) =>
      [...key, ...columns]
        .filter((column) => column.type === 'text' && /^id$|_id$|_by$/.test(column.name))
        .map((column) => `${name}.${column.name}`),
    );
    expect(texts.sort()).toEqual([
      'api_keys.user_id',
      'conflicts.resolved_by',
      'devices.site_id',
      'devices.user_id',
      'memories.scope_id',
      'settings.user_id',
      'users.id',
    ]);
  });
});

function storageClassOf(value: SqlValue): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'integer';
  return typeof value === 'number' ? 'real' : 'text';
}

describe('another app', () => {
  const meters = sqliteTable('meters', { id: id(), reading: integer('reading') });
  const replica = defineReplicaSchema({ tables: { meters }, replicated: { meters }, migrations: [] });

  test('brings its own tables', () => {
    const table = app.table(
      'meters',
      {
        workspaceId: cloud.workspaceId(),
        id: cloud.id(),
        reading: numeric('reading', { precision: 20 }),
        ...cloud.provenance,
      },
      (columns) => readable(columns.workspaceId, columns.id),
    );
    const migrations = [{ tag: '0000_meters', up: 'CREATE …', down: 'DROP …' }];
    expect(defineCloudSchema({ replica, tables: [table], migrations })).toEqual({
      tables: new Map([
        [
          'meters',
          {
            name: 'meters',
            key: [{ name: 'id', type: 'uuid', isNullable: false, default: null }],
            columns: [{ name: 'reading', type: 'numeric', isNullable: true, default: null }],
          },
        ],
      ]),
      migrations,
    });
  });

  test('is told every fault of them at once', () => {
    const definition = { replica, tables: [], migrations: [] };
    expect(() => defineCloudSchema(definition)).toThrow(TypeError);
    expect(() => defineCloudSchema(definition)).toThrow('the table meters has no cloud copy');
  });
});

const SOURCE = fileURLToPath(new URL('..', import.meta.url));

test('the cloud schema is loaded without Node or any database driver', () => {
  const packages = packagesReachedFrom(path.join(SOURCE, 'cloud/index.ts'));
  expect([...packages].sort()).toEqual(['drizzle-orm', 'drizzle-orm/pg-core', 'drizzle-orm/sqlite-core']);
});

function packagesReachedFrom(file: string, seen = new Set<string>()): Set<string> {
  const found = new Set<string>();
  seen.add(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)(?! type\b)[^;]*? from '([^']+)';/gm,
  )) {
    const target = path.resolve(path.dirname(file), specifier);
    if (!specifier.startsWith('.')) found.add(specifier);
    else if (!seen.has(target)) for (const name of packagesReachedFrom(target, seen)) found.add(name);
  }
  return found;
}
