import { describe, expect, test } from 'vitest';
import { cellsWrittenBy, exchange, openTestWorkspace } from '../testing/test-workspace.ts';

describe('tags', () => {
  const workspace = openTestWorkspace();
  const { notes, tags } = workspace;

  test.each([
    ['  Home ', 'home'],
    ['ÉTÉ', 'été'],
    ['e\u0301te\u0301', 'été'],
    ['two words', 'two words'],
    ['#work', '#work'],
  ])('%j is named %j', (given, name) => {
    const { id } = notes.create({});
    tags.add(id, given);
    expect(tags.of(id)).toEqual([name]);
    tags.remove(id, given);
    expect(tags.of(id)).toEqual([]);
  });

  test.each(['', '   ', 'x'.repeat(101), 5 as unknown as string])('%j is no name', (name) => {
    const { id } = notes.create({});
    expect(() => tags.add(id, name)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(() => tags.notesWith(name)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  test('are added once', () => {
    const { id } = notes.create({});
    tags.add(id, 'home');
    expect(cellsWrittenBy(workspace, () => tags.add(id, ' HOME'))).toEqual([]);
    expect(cellsWrittenBy(workspace, () => tags.remove(id, 'other'))).toEqual([]);
  });

  test('of a note come in alphabetical order', () => {
    const { id } = notes.create({});
    for (const name of ['b', 'c', 'a']) tags.add(id, name);
    expect(tags.of(id)).toEqual(['a', 'b', 'c']);
  });

  test('need a note', () => {
    expect(() => tags.add('nobody', 'home')).toThrow(expect.objectContaining({ code: 'row_not_found' }));
  });
});

test('all tags are counted, and notes found by them, without the trash', () => {
  const { notes, tags, clock } = openTestWorkspace();
  const created = ['one', 'two', 'gone'].map((title) => {
    clock.now++;
    return notes.create({ title });
  });
  for (const { id } of created) tags.add(id, 'home');
  tags.add(created[0]!.id, 'work');
  tags.add(created[2]!.id, 'lonely');
  notes.delete(created[2]!.id);
  expect(tags.all()).toEqual([
    { name: 'home', notes: 2 },
    { name: 'work', notes: 1 },
  ]);
  expect(tags.notesWith(' Home').map(({ title }) => title)).toEqual(['two', 'one']);
  expect(tags.notesWith('nothing')).toEqual([]);
});

test('a tag added by two devices at once is one tag', () => {
  const [one, other] = [openTestWorkspace(), openTestWorkspace()];
  const { id } = one.notes.create({});
  exchange(one, other);
  one.tags.add(id, 'home');
  other.tags.add(id, 'Home');
  exchange(one, other);
  expect([one.tags.all(), other.tags.all()]).toEqual([[{ name: 'home', notes: 1 }], [{ name: 'home', notes: 1 }]]);
});
