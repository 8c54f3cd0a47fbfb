import { expect, test } from 'vitest';
import { TabsError } from '../errors.ts';
import { UndoStack } from './undo-stack.ts';

function open() {
  const applied: string[] = [];
  const faults: Error[] = [];
  const stack = new UndoStack(async (record) => {
    const fault = faults.shift();
    if (fault) throw fault;
    applied.push(record);
    return { version: 1, result: { skipped: [] }, undo: `not ${record}` };
  });
  return { applied, faults, stack };
}

test('undoes the latest first, and redoes what was undone last', async () => {
  const { applied, stack } = open();
  for (const record of ['a', 'b']) stack.did(`edit ${record}`, record);
  await stack.undo();
  await stack.undo();
  await stack.redo();
  expect(applied).toEqual(['b', 'a', 'not a']);
  expect(stack.getSnapshot()).toEqual({ undo: 'edit a', redo: 'edit b' });
});

test('steps asked for at once are taken one after another', async () => {
  const { applied, stack } = open();
  for (const record of ['a', 'b', 'c']) stack.did(record, record);
  const labels = await Promise.all([
    stack.undo(),
    stack.undo(),
    stack.redo(),
    stack.undo(),
    stack.undo(),
    stack.undo(),
  ]);
  expect(labels.map((step) => step?.label)).toEqual(['c', 'b', 'b', 'b', 'a', undefined]);
  expect(applied).toEqual(['c', 'b', 'not b', 'not not b', 'a']);
});

test('tells whoever watches when there is something else to undo', async () => {
  const { stack } = open();
  const seen: unknown[] = [];
  stack.subscribe(() => seen.push(stack.getSnapshot()));
  stack.did('edit', 'a');
  await stack.undo();
  expect(seen.at(0)).toEqual({ undo: 'edit', redo: undefined });
  expect(seen.at(-1)).toEqual({ undo: undefined, redo: 'edit' });
  stack.clear();
  expect(stack.getSnapshot()).toEqual({ undo: undefined, redo: undefined });
});

test('what fails can be tried again, unless its record can never be read', async () => {
  const { faults, stack } = open();
  stack.did('edit', 'a');
  faults.push(new Error('the disk is full'));
  await expect(stack.undo()).rejects.toThrow('the disk is full');
  expect(stack.getSnapshot().undo).toBe('edit');
  faults.push(new TabsError('cannot_undo', 'no record'));
  await expect(stack.undo()).rejects.toThrow('no record');
  expect(stack.getSnapshot().undo).toBeUndefined();
});

test('keeps the last hundred edits', async () => {
  const { stack } = open();
  for (let edit = 0; edit < 150; edit++) stack.did(`${edit}`, `${edit}`);
  const labels = [];
  for (let step = await stack.undo(); step; step = await stack.undo()) labels.push(step.label);
  expect([labels.length, labels.at(0), labels.at(-1)]).toEqual([100, '149', '50']);
});
