import { getTableName } from 'drizzle-orm';
import { getTableConfig, index, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { bigint, boolean, pgTable, text as pgText, timestamp, uuid } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { count, flag, id, jsonObject, time } from '../schema/columns.ts';
import { defineReplicaSchema } from '../schema/replica-schema.ts';
import { replicatedTables } from '../schema/tables.ts';
import { workspaceSchema } from '../schema/workspace.ts';
import { cloudFaults } from './cloud-faults.ts';
import * as cloud from './columns.ts';
import { references } from './references.ts';
import { readable } from './readable.ts';
import { app } from './schemas.ts';
import { appTables } from './tables.ts';
import { workspaceCloudSchema } from './workspace-cloud-schema.ts';

const tasks = sqliteTable(
  'tasks',
  { listId: text('list_id').notNull(), id: text('id').notNull(), done: flag('done'), dueAt: time('due_at') },
  (table) => [primaryKey({ columns: [table.listId, table.id] }), index('tasks_due').on(table.dueAt)],
);
const replica = defineReplicaSchema({ tables: { tasks }, replicated: { tasks }, migrations: [] });

const sound = app.table(
  'tasks',
  {
    workspaceId: cloud.workspaceId(),
    listId: uuid('list_id').notNull(),
    id: cloud.id(),
    done: cloud.flag('done'),
    dueAt: cloud.time('due_at'),
    ...cloud.provenance,
  },
  (table) => readable(table.workspaceId, table.listId, table.id),
);

test('every replicated table of the workspace has its cloud copy', () => {
  const tables = appTables.map(({ table }) => table);
  expect(cloudFaults(workspaceSchema, tables)).toEqual([]);
});

test('flags are boolean, JSON is jsonb, times are timestamptz and other integers are bigint', () => {
  const wrong: string[] = [];
  for (const table of Object.values(replicatedTables)) {
    const { name, columns } = getTableConfig(table);
    for (const column of columns) {
      const described = workspaceCloudSchema.tables.get(name);
      const type = [...(described?.key ?? []), ...(described?.columns ?? [])].find((c) => c.name === column.name)?.type;
      const isTime = column.columnType === 'SQLiteInteger' && column.name.endsWith('_at');
      const expected = isTime ? 'timestamptz' : (TYPES[column.getSQLType()] ?? TYPES[column.columnType]);
      if (expected !== undefined && type !== expected) wrong.push(`${name}.${column.name} is ${type}, not ${expected}`);
    }
  }
  expect(wrong).toEqual([]);
});

const TYPES: Readonly<Record<string, string>> = {
  SQLiteBoolean: 'boolean',
  SQLiteCustomColumn: 'jsonb',
  SQLiteInteger: 'bigint',
  SQLiteReal: 'double precision',
  blob: 'bytea',
};

test('every column that ends in _id is a reference, or names a member, a site or a workspace', () => {
  const listed = new Set(references.map(({ from }) => `${getTableName(from.table)}.${from.name}`));
  const unlisted = [...workspaceCloudSchema.tables.values()].flatMap(({ name, key, columns }) =>
    [...key, ...columns]
      .filter((column) => column.name.endsWith('_id') && !['user_id', 'site_id'].includes(column.name))
      .map((column) => `${name}.${column.name}`)
      .filter((column) => !listed.has(column)),
  );
  expect(unlisted, 'add them to references.ts').toEqual([]);
});

test('a sound table has no faults', () => {
  expect(cloudFaults(replica, [sound])).toEqual([]);
});

test('a table without its cloud copy is named, with its columns', () => {
  expect(cloudFaults(replica, [])).toEqual([
    'the table tasks has no cloud copy: declare app.tasks (list_id, id, done, due_at) beside the others, list it, and generate a migration',
  ]);
});

test('a column without its cloud copy is named, with the types that it may have', () => {
  const lacking = app.table(
    'tasks',
    {
      workspaceId: cloud.workspaceId(),
      listId: uuid('list_id'),
      id: cloud.id(),
      done: cloud.flag('done'),
      ...cloud.provenance,
    },
    (table) => readable(table.workspaceId, table.listId, table.id),
  );
  expect(cloudFaults(replica, [lacking])).toEqual([
    'app.tasks.list_id is nullable: make it NOT NULL, as it is in the replica',
    'the column tasks.due_at has no cloud copy: add it to app.tasks as bigint, boolean, timestamptz, numeric, and generate a migration',
  ]);
});

test('a key in another order, another schema and missing provenance are faults', () => {
  const other = pgTable(
    'tasks',
    {
      workspaceId: cloud.workspaceId(),
      listId: uuid('list_id').notNull(),
      id: cloud.id(),
      done: cloud.flag('done'),
      dueAt: cloud.time('due_at'),
      _version: bigint('_version', { mode: 'number' }),
    },
    (table) => readable(table.workspaceId, table.id, table.listId),
  );
  expect(cloudFaults(replica, [other])).toEqual([
    'the cloud copy of tasks is in the schema undefined: it belongs into app',
    'the key of app.tasks is (workspace_id, id, list_id): make it (workspace_id, list_id, id)',
    'app.tasks lacks _updated_by: spread `provenance` into its columns',
    'app.tasks lacks _updated_at: spread `provenance` into its columns',
    'app.tasks lacks _extra: spread `provenance` into its columns',
  ]);
});

test('a type that cannot hold the values, another nullability and another default are faults', () => {
  const wrong = app.table(
    'tasks',
    {
      workspaceId: cloud.workspaceId(),
      listId: bigint('list_id', { mode: 'number' }).notNull(),
      id: cloud.id(),
      done: boolean('done').notNull().default(true),
      dueAt: timestamp('due_at', { withTimezone: true }).notNull(),
      colour: pgText('colour'),
      ...cloud.provenance,
    },
    (table) => readable(table.workspaceId, table.listId, table.id),
  );
  expect(cloudFaults(replica, [wrong])).toEqual([
    'app.tasks.list_id is bigint, which cannot hold text: make it text, uuid, jsonb',
    'app.tasks.done has another default than in the replica: make it 0',
    'app.tasks.due_at is NOT NULL: make it nullable, as it is in the replica',
    'app.tasks.colour has no column tasks.colour in the replica',
  ]);
});

test('a timestamp without time zone holds no time', () => {
  const things = sqliteTable('things', {
    id: id(),
    size: count('size'),
    data: jsonObject('data'),
    seenAt: time('seen_at'),
  });
  const schema = defineReplicaSchema({ tables: { things }, replicated: { things }, migrations: [] });
  const cloudThings = app.table(
    'things',
    {
      workspaceId: cloud.workspaceId(),
      id: cloud.id(),
      size: cloud.count('size'),
      data: cloud.jsonObject('data'),
      seenAt: timestamp('seen_at'),
      ...cloud.provenance,
    },
    (table) => readable(table.workspaceId, table.id),
  );
  expect(cloudFaults(schema, [cloudThings])).toEqual([
    'app.things.seen_at is timestamp, which cannot hold integer: make it bigint, boolean, timestamptz, numeric',
  ]);
});

test('a table that no replica has is a fault', () => {
  const empty = defineReplicaSchema({ tables: {}, replicated: {}, migrations: [] });
  expect(cloudFaults(empty, [sound])).toEqual([
    "app.tasks has no replicated table tasks: add that to the replica's schema, or drop this one",
  ]);
});
