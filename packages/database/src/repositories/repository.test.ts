import { describe, expect, test } from 'vitest';
import { DatabaseError, type FieldIssue } from '../errors.ts';
import { cellsWrittenBy, columnsWrittenBy, openTestWorkspace } from '../testing/test-workspace.ts';

/** The fields that a call is refused for. */
function refusedFields(call: () => unknown): string[] {
  return issuesOf(call).map(({ field }) => field);
}

function issuesOf(call: () => unknown): readonly FieldIssue[] {
  const error = errorOf(call);
  expect(error).toMatchObject({ code: 'invalid_input' });
  return (error as DatabaseError).issues;
}

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const NOT_FOUND = expect.objectContaining({ code: 'row_not_found' });

describe('create', () => {
  const workspace = openTestWorkspace();
  const { projects, notes } = workspace;

  test('fills in id, times and defaults', () => {
    workspace.clock.now = 5_000;
    expect(projects.create({ name: 'House' })).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      name: 'House',
      description: '',
      status: 'active',
      color: null,
      path: null,
      repository: null,
      settings: {},
      lastOpenedAt: null,
      createdAt: 5_000,
      updatedAt: 5_000,
      deletedAt: null,
    });
  });

  test('keeps what is given, JSON too', () => {
    const given = { id: 'mine', name: 'Boat', status: 'paused', settings: { tabs: [1, { a: null }] } } as const;
    expect(projects.create(given)).toMatchObject(given);
    expect(projects.findById('mine')).toMatchObject(given);
  });

  test('trims names and titles', () => {
    expect(projects.create({ name: '  House \n' }).name).toBe('House');
    expect(notes.create({ title: ' ' }).title).toBe('');
  });

  test('refuses an id that is taken', () => {
    projects.create({ id: 'taken', name: 'One' });
    expect(refusedFields(() => projects.create({ id: 'taken', name: 'Two' }))).toEqual(['id']);
    expect(projects.findById('taken')?.name).toBe('One');
  });

  test('of many is all or none', () => {
    expect(projects.createMany([{ name: 'a' }, { name: 'b' }]).map(({ name }) => name)).toEqual(['a', 'b']);
    const count = projects.count();
    expect(refusedFields(() => projects.createMany([{ name: 'c' }, { id: 'taken', name: 'd' }]))).toEqual(['id']);
    expect(refusedFields(() => projects.createMany([{ name: 'c' }, { name: '' }]))).toEqual(['1.name']);
    expect(projects.createMany([])).toEqual([]);
    expect(projects.count()).toBe(count);
  });

  test('of many is one version', () => {
    const { replica } = workspace;
    const before = replica.dbVersion;
    projects.createMany([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
    expect(replica.dbVersion).toBe(before + 1);
  });
});

describe('input', () => {
  const { projects, memories, reminders, notes, files, users, chats, messages } = openTestWorkspace();
  const create = (input: unknown) => () => projects.create(input as { name: string });

  test.each([
    ['a missing name', {}, ['name']],
    ['an empty name', { name: '  ' }, ['name']],
    ['a name too long', { name: 'x'.repeat(501) }, ['name']],
    ['a name that is no text', { name: 5 }, ['name']],
    ['an unknown field', { name: 'a', colour: 'red' }, ['colour']],
    ['unknown fields', { name: 'a', b: 1, c: 2 }, ['b', 'c']],
    ['a field of the repository', { name: 'a', createdAt: 1, updatedAt: 2, deletedAt: 3 }, expect.any(Array)],
    ['an empty id', { name: 'a', id: '' }, ['id']],
    ['an id that is no text', { name: 'a', id: 7 }, ['id']],
    ['an unknown status', { name: 'a', status: 'gone' }, ['status']],
    ['a time before the epoch', { name: 'a', lastOpenedAt: -1 }, ['lastOpenedAt']],
    ['half a millisecond', { name: 'a', lastOpenedAt: 0.5 }, ['lastOpenedAt']],
    ['a time beyond exact integers', { name: 'a', lastOpenedAt: 2 ** 60 }, ['lastOpenedAt']],
    ['a text too large', { name: 'a', description: 'é'.repeat(500_001) }, ['description']],
    ['JSON of another shape', { name: 'a', settings: [] }, ['settings']],
    ['JSON that is none', { name: 'a', settings: { at: new Date() } }, expect.any(Array)],
    ['JSON too large', { name: 'a', settings: { text: 'x'.repeat(1_000_000) } }, ['settings']],
    ['several faults', { name: '', status: 'gone' }, ['name', 'status']],
    ['no object', null, ['']],
  ])('is refused, naming the fields: %s', (_, input, fields) => {
    expect(refusedFields(create(input))).toEqual(fields);
  });

  test('names the fields in the message', () => {
    expect(() => projects.create({ name: '' })).toThrow(/name: /);
    expect(() => projects.create({ name: 'a', colour: 'red' } as { name: string })).toThrow(/colour: Unknown field/);
  });

  test('of an update knows the same rules, and needs no field', () => {
    const { id } = projects.create({ name: 'a' });
    expect(refusedFields(() => projects.update(id, { name: '' }))).toEqual(['name']);
    expect(refusedFields(() => projects.update(id, { id: 'b' } as object))).toEqual(['id']);
    expect(refusedFields(() => projects.update(id, { updatedAt: 5 } as object))).toEqual(['updatedAt']);
    expect(projects.update(id, { description: '' }).name).toBe('a');
    expect(refusedFields(() => projects.updateMany([{ id, patch: { name: '' } }]))).toEqual(['0.patch.name']);
  });

  test('takes no name that JavaScript gives every object', () => {
    expect(refusedFields(create(JSON.parse('{"name":"a","__proto__":{}}')))).toEqual(['__proto__']);
    expect(refusedFields(create({ name: 'a', constructor: 1 }))).toEqual(['constructor']);
  });

  test('takes text just as large as allowed', () => {
    expect(projects.create({ name: 'x'.repeat(500), description: 'é'.repeat(500_000) }).description).toHaveLength(
      500_000,
    );
  });

  test.each([
    ['importance above 1', () => memories.create({ content: 'a', importance: 1.01 })],
    ['importance that is no number', () => memories.create({ content: 'a', importance: Number.NaN })],
    ['an empty memory', () => memories.create({ content: '' })],
    ['an empty reminder', () => reminders.create({ title: ' ' })],
    ['a title too long', () => notes.create({ title: 'x'.repeat(501) })],
    ['a file without a path', () => files.create({ projectId: 'p', path: '' })],
    ['a file of no project', () => files.create({ projectId: '', path: 'a' })],
    ['a negative size', () => files.create({ projectId: 'p', path: 'a', sizeBytes: -1 })],
    ['a nameless member', () => users.create({ name: '' })],
    ['a chat with a title that is no text', () => chats.create({ title: 1 as unknown as string })],
    ['an unknown role', () => messages.create({ chatId: 'c', role: 'robot' as 'user' })],
    ['tool calls that are no list', () => messages.create({ chatId: 'c', toolCalls: {} as [] })],
  ])('is refused: %s', (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});

describe('update', () => {
  const workspace = openTestWorkspace();
  const { projects } = workspace;

  test('writes the columns that differ, and the time', () => {
    const { id } = projects.create({ name: 'a', description: 'same' });
    workspace.clock.now++;
    const columns = columnsWrittenBy(workspace, () => projects.update(id, { name: 'b', description: 'same' }));
    expect(columns).toEqual(['projects.name', 'projects.updated_at']);
    expect(projects.findById(id)).toMatchObject({ name: 'b', updatedAt: workspace.clock.now });
  });

  test.each([
    ['nothing', {}],
    ['the same value', { name: 'a' }],
    ['the same value, less trimmed', { name: ' a ' }],
    ['the same JSON', { settings: { theme: 'dark' } }],
    ['undefined', { name: undefined as unknown as string }],
    ['null where there is none', { color: null }],
  ])('of %s writes nothing', (_, patch) => {
    const { id, updatedAt } = projects.create({ name: 'a', settings: { theme: 'dark' } });
    workspace.clock.now++;
    expect(cellsWrittenBy(workspace, () => projects.update(id, patch))).toEqual([]);
    expect(projects.getById(id).updatedAt).toBe(updatedAt);
  });

  test('returns the row as it is then', () => {
    const { id } = projects.create({ name: 'a', color: 'red' });
    expect(projects.update(id, { color: null })).toMatchObject({ id, name: 'a', color: null });
    expect(projects.update(id, { color: null })).toMatchObject({ id, name: 'a', color: null });
  });

  test('of many is one version, all or none', () => {
    const [one, other] = projects.createMany([{ name: 'a' }, { name: 'b' }]);
    const before = workspace.replica.dbVersion;
    projects.updateMany([
      { id: one!.id, patch: { name: 'A' } },
      { id: other!.id, patch: { name: 'B' } },
    ]);
    expect(workspace.replica.dbVersion).toBe(before + 1);
    expect(() =>
      projects.updateMany([
        { id: one!.id, patch: { name: 'lost' } },
        { id: 'nobody', patch: { name: 'C' } },
      ]),
    ).toThrow(NOT_FOUND);
    expect(projects.getById(one!.id).name).toBe('A');
  });
});

describe('the trash', () => {
  const workspace = openTestWorkspace();
  const { projects } = workspace;

  test('hides a row, and gives it back as it was', () => {
    const project = projects.create({ name: 'a' });
    workspace.clock.now++;
    expect(columnsWrittenBy(workspace, () => projects.delete(project.id))).toEqual(['projects.deleted_at']);
    expect(projects.findById(project.id)).toBeUndefined();
    expect(projects.findById(project.id, { trash: 'only' })?.deletedAt).toBe(workspace.clock.now);
    expect(projects.restore(project.id)).toEqual(project);
    expect(projects.findById(project.id)).toEqual(project);
    expect(projects.findById(project.id, { trash: 'only' })).toBeUndefined();
  });

  test('takes a row once', () => {
    const { id } = projects.create({ name: 'a' });
    const { deletedAt } = projects.delete(id);
    workspace.clock.now++;
    expect(cellsWrittenBy(workspace, () => projects.delete(id))).toEqual([]);
    expect(projects.delete(id).deletedAt).toBe(deletedAt);
    projects.restore(id);
    expect(cellsWrittenBy(workspace, () => projects.restore(id))).toEqual([]);
  });

  test('is where a row can still be edited', () => {
    const { id } = projects.create({ name: 'a' });
    projects.delete(id);
    expect(projects.update(id, { name: 'b' })).toMatchObject({ name: 'b', deletedAt: expect.any(Number) });
  });

  test('is left for good by a purge', () => {
    const { id } = projects.create({ name: 'a' });
    projects.purge(id);
    expect(projects.findById(id, { trash: 'with' })).toBeUndefined();
  });
});

test('a row that is not there is said to be missing', () => {
  const { projects } = openTestWorkspace();
  expect(projects.findById('nobody')).toBeUndefined();
  expect(() => projects.getById('nobody')).toThrow(NOT_FOUND);
  expect(() => projects.update('nobody', { name: 'a' })).toThrow(NOT_FOUND);
  expect(() => projects.update('nobody', {})).toThrow(NOT_FOUND);
  expect(() => projects.delete('nobody')).toThrow(NOT_FOUND);
  expect(() => projects.restore('nobody')).toThrow(NOT_FOUND);
  expect(() => projects.purge('nobody')).toThrow(NOT_FOUND);
});

test.each([['', 5, null, undefined, {}]])('an id that is none is refused: %j', (id) => {
  const { projects } = openTestWorkspace();
  expect(refusedFields(() => projects.findById(id))).toEqual(['']);
});

describe('failures of the storage', () => {
  test('get their stable code, and nothing of the transaction stays', () => {
    const { projects, notes, replica } = openTestWorkspace();
    const pages = replica.sqlite.pragma('page_count', { simple: true }) as number;
    replica.sqlite.pragma(`max_page_count = ${pages + 4}`);
    const large = { name: 'a', description: 'x'.repeat(200_000) };
    expect(() => projects.create(large)).toThrow(expect.objectContaining({ code: 'disk_full', retryable: true }));
    expect(() => projects.createMany([{ name: 'small' }, large])).toThrow(
      expect.objectContaining({ code: 'disk_full' }),
    );
    expect(() => notes.create({ text: 'x'.repeat(200_000) })).toThrow(expect.objectContaining({ code: 'disk_full' }));
    expect([projects.count(), notes.count()]).toEqual([0, 0]);
  });

  test('name what was tried', () => {
    const { projects, replica } = openTestWorkspace();
    replica.sqlite.pragma('query_only = 1');
    expect(() => projects.create({ name: 'a' })).toThrow(/^cannot create in projects: /);
  });
});

test('a repository works inside a transaction of the caller, and is rolled back with it', () => {
  const { projects, notes, replica } = openTestWorkspace();
  expect(() =>
    replica.transaction(() => {
      projects.create({ name: 'a' });
      notes.create({ text: 'b' });
      throw new Error('changed my mind');
    }),
  ).toThrow('changed my mind');
  expect([projects.count(), notes.count()]).toEqual([0, 0]);
});
