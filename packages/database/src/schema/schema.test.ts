import { readFileSync } from 'node:fs';
import { getTableName, is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openReplica } from '../replica/open-replica.ts';
import type { Replica } from '../replica/replica.ts';
import { columnsOf } from '../engine/table-info.ts';
import * as exported from './index.ts';
import { localOnlyMigrations, workspaceMigrations } from './migrations.gen.ts';
import { localTables, replicatedTables } from './tables.ts';
import type { WorkspaceTables } from './workspace.ts';

let replica: Replica<WorkspaceTables>;
beforeAll(() => {
  replica = openReplica({ path: ':memory:', engine: 'wasm' });
});
afterAll(() => replica.close());

describe('the tables', () => {
  test('are each either replicated or local', () => {
    const all = Object.values(exported).filter((value) => is(value, SQLiteTable));
    const listed = [...Object.values(replicatedTables), ...Object.values(localTables)];
    expect(new Set(all.map(getTableName))).toEqual(new Set(listed.map(getTableName)));
  });

  test.each(
    Object.values({ ...replicatedTables, ...localTables }).map(
      (table) => [getTableName(table), table as SQLiteTable] as const,
    ),
  )('the migrated %s has the columns that the code declares', (name, table) => {
    const declared = getTableConfig(table).columns.map((column) => [column.name, column.getSQLType()] as const);
    const migrated = columnsOf(replica.sqlite, name).map((column) => [column.name, column.type.toLowerCase()] as const);
    expect(new Map(migrated)).toEqual(new Map(declared));
  });

  test.each(Object.values(replicatedTables).map((table) => [getTableName(table), table as SQLiteTable] as const))(
    '%s has text keys and constant defaults',
    (_name, table) => {
      const { columns, primaryKeys, foreignKeys, checks, uniqueConstraints } = getTableConfig(table);
      const keys = columns.filter(
        (column) => column.primary || primaryKeys.some((key) => key.columns.includes(column)),
      );
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) expect([key.name, key.getSQLType(), key.notNull]).toEqual([key.name, 'text', true]);
      const lacksDefault = columns.filter((column) => column.notNull && !column.hasDefault && !keys.includes(column));
      expect(lacksDefault.map((column) => column.name)).toEqual([]);
      expect([foreignKeys, checks, uniqueConstraints]).toEqual([[], [], []]);
    },
  );
});

test.each([
  ['local', workspaceMigrations],
  ['local-only', localOnlyMigrations],
] as const)('the embedded migrations are those of drizzle/%s', (set, embedded) => {
  const directory = new URL(`../../../../drizzle/${set}/`, import.meta.url);
  const journal = JSON.parse(readFileSync(new URL('meta/_journal.json', directory), 'utf8')) as {
    entries: { tag: string }[];
  };
  expect(embedded).toEqual(
    journal.entries.map(({ tag }) => ({ tag, sql: readFileSync(new URL(`${tag}.sql`, directory), 'utf8') })),
  );
});

test.each([
  ['recent notes', 'SELECT * FROM notes WHERE deleted_at IS NULL ORDER BY updated_at DESC LIMIT 50'],
  ['notes of a project', `SELECT * FROM notes WHERE project_id = 'p' ORDER BY updated_at DESC`],
  ['blocks of a note', `SELECT * FROM note_blocks WHERE note_id = 'n'`],
  ['open todos', `SELECT * FROM note_blocks WHERE kind = 'todo' AND checked = 0`],
  ['tags of a note', `SELECT * FROM tags WHERE note_id = 'n'`],
  ['notes with a tag', `SELECT * FROM tags WHERE name = 't'`],
  ['active projects', `SELECT * FROM projects WHERE deleted_at IS NULL AND status = 'active' ORDER BY updated_at DESC`],
  ['files of a project', `SELECT * FROM files WHERE project_id = 'p' ORDER BY path`],
  ['recent chats', 'SELECT * FROM chats WHERE deleted_at IS NULL ORDER BY last_message_at DESC LIMIT 50'],
  ['messages of a chat', `SELECT * FROM messages WHERE chat_id = 'c' ORDER BY created_at`],
  ['memories of a scope', `SELECT * FROM memories WHERE scope = 'user' AND scope_id = 'u' ORDER BY importance DESC`],
  [
    'reminders that are due',
    'SELECT * FROM reminders WHERE completed_at IS NULL AND deleted_at IS NULL AND due_at < 5 ORDER BY due_at',
  ],
  ['entities by name', 'SELECT * FROM entities WHERE deleted_at IS NULL ORDER BY name'],
  ['notes of an entity', `SELECT * FROM note_entities WHERE entity_id = 'e'`],
  ['relations of an entity', `SELECT * FROM entity_relations WHERE source_id = 'e' OR target_id = 'e'`],
  ['snapshots of a view', `SELECT * FROM view_snapshots WHERE view_id = 'v' ORDER BY created_at DESC`],
  ['attachments of a row', `SELECT * FROM attachments WHERE owner_id = 'n' ORDER BY created_at`],
  ['devices of a member', `SELECT * FROM devices WHERE user_id = 'u'`],
  ['settings of a member', `SELECT * FROM settings WHERE user_id = 'u'`],
  ['open conflicts', 'SELECT * FROM conflicts WHERE resolved_at IS NULL ORDER BY created_at'],
])('the live query "%s" is answered by an index, without scanning or sorting', (_title, sql) => {
  const plan = replica.sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
  const steps = plan.map(({ detail }) => detail).join('; ');
  expect(steps).toContain('USING');
  expect(steps).not.toMatch(/SCAN|TEMP B-TREE/);
});
