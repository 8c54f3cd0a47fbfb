import { expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { TabsError } from '../errors.ts';
import { UndoStack } from './undo-stack.ts';

function open() {
  const applied: string[] = [];
  const faults: Error[] = [];
  const clock = new ManualClock();
  const apply = async (records: readonly string[]) => {
    const fault = faults.shift();
    if (fault) throw fault;
    applied.push(records.join(' and '));
    return { version: 1, result: { skipped: [] }, undo: `not ${records.join(' and ')}` };
  };
  return { applied, faults, clock, stack: new UndoStack(apply, clock) };
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

test('edits of one group that follow closely on each other are one step', async () => {
  const { applied, clock, stack } = open();
  const type = (record: string, group: string | undefined, pauseMs: number): void => {
    clock.advance(pauseMs);
    stack.did('typed', record, group);
  };
  type('a', 'text', 0);
  type('b', 'text', 900);
  type('c', 'text', 900);
  type('d', 'text', 1_000);
  type('e', 'title', 100);
  type('f', undefined, 100);
  type('g', undefined, 0);
  for (let steps = 0; steps < 6; steps++) await stack.undo();
  expect(applied).toEqual(['g', 'f', 'e', 'd', 'a and b and c']);
  await stack.redo();
  expect(applied.at(-1)).toBe('not a and b and c');
});

test('an edit after an undo is a step of its own', async () => {
  const { applied, stack } = open();
  for (const record of ['a', 'b']) stack.did('typed', record, record);
  await stack.undo();
  stack.did('typed', 'c', 'a');
  await stack.undo();
  expect(applied).toEqual(['b', 'c']);
});

test('what is typed without any pause is taken back in pieces', async () => {
  const { applied, stack } = open();
  for (let edit = 0; edit < 100; edit++) stack.did('typed', 'x', 'text');
  await stack.undo();
  expect(applied[0]?.split(' and ')).toHaveLength(20);
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
