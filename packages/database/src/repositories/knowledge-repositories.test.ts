import { describe, expect, test } from 'vitest';
import { cellsWrittenBy, openTestWorkspace } from '../testing/test-workspace.ts';

const NOT_FOUND = expect.objectContaining({ code: 'row_not_found' });

describe('entities', () => {
  const workspace = openTestWorkspace();
  const { entities, notes, relations } = workspace;

  test('are linked to notes, once', () => {
    const [ada, engine] = [entities.create({ name: 'Ada', kind: 'person' }), entities.create({ name: 'Engine' })];
    const note = notes.create({ title: 'On the engine' });
    entities.link(engine.id, note.id);
    entities.link(ada.id, note.id);
    expect(cellsWrittenBy(workspace, () => entities.link(ada.id, note.id))).toEqual([]);
    expect(entities.ofNote(note.id).map(({ name }) => name)).toEqual(['Ada', 'Engine']);
    expect(entities.notesOf(ada.id).map(({ title }) => title)).toEqual(['On the engine']);
    entities.unlink(ada.id, note.id);
    entities.unlink(ada.id, note.id);
    expect(entities.ofNote(note.id).map(({ name }) => name)).toEqual(['Engine']);
  });

  test('and notes in the trash are not shown', () => {
    const [entity, note] = [entities.create({ name: 'Ada' }), notes.create({})];
    entities.link(entity.id, note.id);
    notes.delete(note.id);
    expect(entities.notesOf(entity.id)).toEqual([]);
    entities.delete(entity.id);
    expect(entities.ofNote(note.id)).toEqual([]);
  });

  test('and notes must both be there to be linked', () => {
    const [entity, note] = [entities.create({ name: 'Ada' }), notes.create({})];
    expect(() => entities.link('nobody', note.id)).toThrow(NOT_FOUND);
    expect(() => entities.link(entity.id, 'nobody')).toThrow(NOT_FOUND);
  });

  test('relate to each other, in both directions', () => {
    const [ada, babbage, engine] = ['Ada', 'Babbage', 'Engine'].map((name) => entities.create({ name }).id) as [
      string,
      string,
      string,
    ];
    relations.create({ sourceId: babbage, targetId: engine, kind: 'built' });
    relations.create({ sourceId: ada, targetId: engine, kind: 'programmed', weight: 2.5 });
    expect(relations.of(engine).map(({ kind }) => kind)).toEqual(['built', 'programmed']);
    expect(relations.of(ada)).toMatchObject([{ sourceId: ada, targetId: engine, weight: 2.5 }]);
    relations.delete(relations.of(ada)[0]!.id);
    expect(relations.of(ada)).toEqual([]);
  });

  test('take their links and relations along when purged', () => {
    const [ada, engine] = [entities.create({ name: 'Ada' }), entities.create({ name: 'Engine' })];
    const note = notes.create({});
    for (const { id } of [ada, engine]) entities.link(id, note.id);
    relations.create({ sourceId: ada.id, targetId: engine.id });
    relations.create({ sourceId: engine.id, targetId: ada.id });
    const kept = relations.create({ sourceId: engine.id, targetId: engine.id });
    entities.purge(ada.id);
    expect(relations.findMany({ where: { sourceId: { in: [ada.id, engine.id] } } })).toEqual([kept]);
    expect(entities.ofNote(note.id).map(({ id }) => id)).toEqual([engine.id]);
    entities.create({ id: ada.id, name: 'Ada again' });
    expect(entities.notesOf(ada.id)).toEqual([]);
  });

  test.each([
    ['an entity without a name', () => entities.create({ name: '' })],
    ['an entity of no kind', () => entities.create({ name: 'a', kind: '' })],
    ['a relation from nowhere', () => relations.create({ sourceId: '', targetId: 'a' })],
    ['a relation of endless weight', () => relations.create({ sourceId: 'a', targetId: 'b', weight: Infinity })],
    ['links of no note', () => entities.ofNote('')],
  ])('are refused: %s', (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});

describe('views', () => {
  const workspace = openTestWorkspace();
  const { views, snapshots } = workspace;

  test('keep what they showed', () => {
    const view = views.create({ name: 'Open bugs', kind: 'board', query: { status: 'open' } });
    snapshots.take(view.id, { title: 'Monday', data: { rows: 3 } });
    workspace.clock.now++;
    snapshots.take(view.id, { title: 'Tuesday', data: { rows: 2 } });
    expect(snapshots.of(view.id)).toMatchObject([
      { title: 'Tuesday', data: { rows: 2 } },
      { title: 'Monday', data: { rows: 3 } },
    ]);
    expect(() => snapshots.take('nobody', {})).toThrow(NOT_FOUND);
  });

  test('take their snapshots along when purged', () => {
    const [view, other] = [views.create({ name: 'a' }), views.create({ name: 'b' })];
    snapshots.take(view.id, {});
    snapshots.take(other.id, {});
    views.purge(view.id);
    expect([snapshots.of(view.id), snapshots.of(other.id)].map(({ length }) => length)).toEqual([0, 1]);
  });

  test('that are pinned come by name', () => {
    views.create({ name: 'z', pinned: true });
    views.create({ name: 'y', pinned: true });
    expect(views.findPinned().map(({ name }) => name)).toEqual(['y', 'z']);
  });
});

describe('reminders', () => {
  const workspace = openTestWorkspace();
  const { reminders, clock, replica } = workspace;

  test('are due when their time has come, the longest overdue first', () => {
    clock.now = 100;
    const [late, soon, first] = reminders.createMany([
      { title: 'now', dueAt: 100 },
      { title: 'later', dueAt: 101 },
      { title: 'earlier', dueAt: 50 },
      { title: 'some day' },
    ]);
    expect(reminders.due().map(({ title }) => title)).toEqual(['earlier', 'now']);
    expect(reminders.due(101).map(({ title }) => title)).toEqual(['earlier', 'now', 'later']);
    reminders.complete(first!.id);
    reminders.delete(late!.id);
    expect(reminders.due(101).map(({ id }) => id)).toEqual([soon!.id]);
    expect(reminders.reopen(first!.id).completedAt).toBeNull();
    expect(reminders.due().map(({ id }) => id)).toEqual([first!.id]);
  });

  test('keep the time at which they were completed', () => {
    const { id } = reminders.create({ title: 'a' });
    const { completedAt } = reminders.complete(id);
    expect(completedAt).toBe(clock.now);
    clock.now++;
    expect(cellsWrittenBy(workspace, () => reminders.complete(id))).toEqual([]);
  });

  test('that are due are found by their index', () => {
    const plan = replica.sqlite
      .prepare(
        `EXPLAIN QUERY PLAN SELECT * FROM reminders
         WHERE completed_at IS NULL AND due_at <= 5 AND deleted_at IS NULL ORDER BY due_at, id`,
      )
      .all();
    expect(JSON.stringify(plan)).toContain('reminders_due');
  });
});
