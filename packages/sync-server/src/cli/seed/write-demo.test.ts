import { createRepositories, openReplica } from '@tributary/database';
import { expect, onTestFinished, test } from 'vitest';
import { SeededSource } from './seeded-source.ts';
import { DEMO_DAYS, DEMO_SIZES, writeDemo } from './write-demo.ts';

const UNTIL_MS = Date.UTC(2026, 4, 1);

function written(seed: string) {
  const source = new SeededSource(seed, UNTIL_MS - DEMO_DAYS * 86_400_000);
  const replica = openReplica({ path: ':memory:', now: () => source.nowMs, newId: () => source.newId() });
  onTestFinished(() => replica.close());
  const steps: number[] = [];
  writeDemo(replica, { size: 'small', userId: 'ann', source, onProgress: (done, all) => steps.push(done / all) });
  const { notes, messages, reminders, projects, users } = createRepositories(replica);
  const everything = { trash: 'with' } as const;
  return {
    steps,
    rows: {
      notes: notes.findMany(everything).map((note) => ({ ...note, text: notes.getText(note.id) })),
      messages: messages.findMany(everything),
      reminders: reminders.findMany(everything),
      projects: projects.findMany(everything),
      users: users.findMany(everything),
    },
  };
}

test('writes the same rows for the same seed, and others for another one', () => {
  const { rows } = written('1');
  expect(written('1').rows).toEqual(rows);
  expect(written('2').rows.notes).not.toEqual(rows.notes);
});

test('writes as much as the size says, in the past, and says how far it is', () => {
  const { rows, steps } = written('1');
  const { notes, chats, messages, reminders, projects } = DEMO_SIZES.small;
  expect([
    rows.notes.length,
    rows.messages.length,
    rows.reminders.length,
    rows.projects.length,
    rows.users.length,
  ]).toEqual([notes, chats * messages, reminders, projects, 1]);
  expect(Math.max(...rows.messages.map(({ createdAt }) => createdAt))).toBeLessThan(UNTIL_MS);
  expect(rows.notes.every(({ text }) => /- \[[ x]\] /.test(text))).toBe(true);
  expect(steps.at(-1)).toBe(1);
});

test('ids are version 7 UUIDs of the time at which they are made', () => {
  const source = new SeededSource('1', UNTIL_MS);
  const id = source.newId();
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(UNTIL_MS);
  expect(source.newId()).not.toBe(id);
});
