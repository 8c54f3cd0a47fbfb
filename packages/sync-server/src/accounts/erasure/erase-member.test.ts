import { packKey, type Change, type SqlValue } from '@tributary/database/changes';
import { decodeBatch, encodeBatch, readBatchHeader, type Batch } from '@tributary/sync/protocol';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Log, LogEntry } from '../../log/log.ts';
import { openSqliteLog } from '../../log/sqlite/sqlite-log.ts';
import { eraseMember, type ErasedMember } from './erase-member.ts';
import { WORKSPACE_PERSONAL_TABLES } from './personal-tables.ts';

const ANN = 'ann';
const EVERYTHING = { after: 0, maxEntries: 10_000, maxBytes: Number.MAX_SAFE_INTEGER };

const site = (number: number) => new Uint8Array(16).fill(number);

let log: Log;
let version = 0;
let told: number[] = [];

beforeEach(async () => {
  log = openSqliteLog({ path: ':memory:' });
  onTestFinished(() => log.close());
  await log.openWorkspace('w');
  [version, told] = [0, []];
});

function cell(table: string, key: SqlValue[], cid: string, val: SqlValue, rest: Partial<Change> = {}): Change {
  return { table, pk: packKey(key), cid, val, colVersion: 1, dbVersion: 1, siteId: site(1), cl: 1, seq: 0, ...rest };
}

async function push(changes: readonly Change[], rest: Partial<Batch> = {}): Promise<void> {
  const toVersion = ++version;
  const placed = changes.map((change, seq) => Object.assign({}, change, { dbVersion: toVersion, seq }));
  const header = { prevVersion: toVersion - 1, toVersion, base: 0, refill: false, fragment: undefined };
  const payloads = [encodeBatch({ ...header, changes: placed, ...rest })];
  const refill = rest.refill ?? false;
  await log.append([{ workspaceId: 'w', siteId: site(1), toVersion, refill, payloads, unknownNames: [] }]);
}

function erase(): Promise<ErasedMember> {
  const closeWorkspace = () => Promise.resolve(() => undefined);
  const options = {
    log,
    tables: WORKSPACE_PERSONAL_TABLES,
    closeWorkspace,
    stored: (_: string, head: number) => told.push(head),
  };
  return eraseMember({ id: 'e', workspaceId: 'w', memberId: ANN }, options);
}

const entries = () => log.read('w', EVERYTHING);
const changesOf = ({ payload, siteId }: LogEntry) => decodeBatch(payload, siteId).changes;

const note = cell('notes', ['n'], 'title', 'stays');
const profile = cell('users', [ANN], 'name', 'Ann');

test('an entry without such rows stays byte for byte, and of the others nothing changes but what they say', async () => {
  await push([note]);
  await push([note, profile, note]);
  const before = await entries();
  await erase();
  const after = (await entries()).slice(0, 2);
  expect(after[0]).toEqual(before[0]);
  const { payload: _before, ...was } = before[1]!;
  const { payload: _after, ...is } = after[1]!;
  expect(is).toEqual(was);
  expect(changesOf(after[1]!).map(({ table }) => table)).toEqual(['notes', 'notes']);
  expect(changesOf(after[1]!).map(({ seq }) => seq)).toEqual([0, 2]);
});

test.each<Partial<Batch>>([{}, { refill: true }, { fragment: { index: 1, count: 3 } }, { base: undefined }])(
  'an entry that held nothing else is an empty one of the same versions (%j)',
  async (rest) => {
    await push([profile], rest);
    const [before] = await entries();
    await erase();
    const [after] = await entries();
    expect(changesOf(after!)).toEqual([]);
    expect(readBatchHeader(after!.payload)).toEqual({ ...readBatchHeader(before!.payload), changeCount: 0 });
  },
);

test('the rows are deleted by a causal length above every one that there was, and once', async () => {
  await push([profile]);
  await push([cell('users', [ANN], '-1', null, { cl: 2, colVersion: 2 })]);
  await push([cell('users', [ANN], 'name', 'Ann again', { cl: 3 }), cell('settings', [ANN, 'theme'], 'value', '1')]);
  const { deletedBy, rewritten } = await erase();
  expect([deletedBy, rewritten, told]).toEqual([4, 3, [4]]);
  const deletion = (await entries())[3]!;
  const said = changesOf(deletion).map(({ table, cid, cl, colVersion, val }) => [table, cid, cl, colVersion, val]);
  expect(said).toEqual([
    ['users', '-1', 4, 4, null],
    ['settings', '-1', 2, 2, null],
  ]);
  expect(decodeBatch(deletion.payload, deletion.siteId).base).toBeUndefined();

  expect(await erase()).toMatchObject({ deletedBy: 4, rewritten: 0 });
  expect(await entries()).toHaveLength(4);
});

test('a row is a member’s by who stands in it last, or stood in one that is gone', async () => {
  const device = (id: string, userId: string, rest: Partial<Change> = {}) =>
    cell('devices', [id], 'user_id', userId, rest);
  await push([device('own', ANN), device('sold', ANN), device('bought', 'bob'), device('bobs', 'bob')]);
  await push([device('sold', 'bob', { colVersion: 2 }), device('bought', ANN, { colVersion: 2 })]);
  await push([device('broken', ANN)]);
  await push([cell('devices', ['broken'], '-1', null, { cl: 2, colVersion: 2 })]);
  const { rows } = await erase();
  const keys = rows.map(({ pk }) => Buffer.from(pk).toString('latin1').slice(3));
  expect(keys.toSorted()).toEqual(['bought', 'broken', 'own']);
});

test('what quotes such a row goes with it; settings of the workspace, and of others, stay', async () => {
  const quote = (id: string, table: string, key: SqlValue[]) => [
    cell('conflicts', [id], 'table_name', table),
    cell('conflicts', [id], 'row_key', packKey(key)),
    cell('conflicts', [id], 'losing_value', '"lost"'),
  ];
  await push([...quote('of ann', 'users', [ANN]), ...quote('of a note', 'notes', ['n'])]);
  await push([profile, cell('settings', ['', 'k'], 'value', '1'), cell('settings', ['bob', 'k'], 'value', '2')]);
  const { rows } = await erase();
  expect(rows.map(({ table }) => table).toSorted()).toEqual(['conflicts', 'users']);
  const left = (await entries()).slice(0, 2).flatMap(changesOf);
  expect(left.map(({ table }) => table)).toEqual(['conflicts', 'conflicts', 'conflicts', 'settings', 'settings']);
});

test('what others say of such a row meanwhile is found as well', async () => {
  await push([profile]);
  const closeWorkspace = async () => {
    await push([cell('users', [ANN], 'name', 'as Bob calls her', { colVersion: 2 })]);
    return () => undefined;
  };
  const options = { log, tables: WORKSPACE_PERSONAL_TABLES, closeWorkspace, stored: () => undefined };
  expect(await eraseMember({ id: 'e', workspaceId: 'w', memberId: ANN }, options)).toMatchObject({ rewritten: 2 });
  const left = (await entries()).flatMap(changesOf);
  expect(left.map(({ cid }) => cid)).toEqual(['-1']);
});

test('a workspace that the log does not know is done already', async () => {
  const options = {
    log,
    tables: WORKSPACE_PERSONAL_TABLES,
    closeWorkspace: () => Promise.reject(new Error('no')),
    stored: () => undefined,
  };
  const erased = await eraseMember({ id: 'e', workspaceId: 'nowhere', memberId: ANN }, options);
  expect(erased).toEqual({ rows: [], deletedBy: 0, rewritten: 0 });
});
