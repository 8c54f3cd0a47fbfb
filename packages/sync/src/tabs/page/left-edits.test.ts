import { describe, expect, test } from 'vitest';
import { TabsError } from '../errors.ts';
import type { Mutation } from '../messages.ts';
import { FakeStorage } from '../testing/fake-browser.ts';
import { NotesBrowser } from '../testing/notes-tabs.ts';
import { LeftEdits } from './left-edits.ts';

function desk() {
  const storage = new FakeStorage();
  let ids = 0;
  const page = () => new LeftEdits({ storage, prefix: 'notes:left:', newId: () => `${++ids}` });
  const take = async (by: LeftEdits, make: (edit: Mutation) => Promise<unknown> = async () => {}) => {
    const asked: string[] = [];
    await by.take((one) => {
      asked.push(one.id);
      return make(one);
    });
    return asked;
  };
  return { storage, page, take };
}

function edit(id: string, input: unknown = { text: 'a' }): Mutation {
  return { kind: 'mutation', id, createdAt: 1, action: { kind: 'command', name: 'write', input, isUndoable: true } };
}

describe('edits that a page leaves', () => {
  test('are taken by another page, in their order, and are gone when they are made', async () => {
    const { storage, page, take } = desk();
    page().leave([edit('1'), edit('2')]);
    page().leave([edit('3')]);
    const other = page();
    expect(await take(other)).toEqual(['1', '2', '3']);
    expect([storage.length, await take(other)]).toEqual([0, []]);
  });

  test('arrive as they were left', async () => {
    const { page } = desk();
    const left = edit('1', { text: 'ü', nothing: undefined, list: [1, null, { deep: true }] });
    page().leave([left]);
    const taken: Mutation[] = [];
    await page().take(async (one) => taken.push(one));
    expect(taken).toEqual([left]);
  });

  test('are not its own to take, and are gone when it takes them back', async () => {
    const { storage, page, take } = desk();
    const own = page();
    own.leave([edit('1')]);
    expect(await take(own)).toEqual([]);
    own.takeBack();
    expect(storage.length).toBe(0);
  });

  test('stay for the next page when they are refused, unless they can never be made', async () => {
    const { page, take } = desk();
    page().leave([edit('made'), edit('no space'), edit('too old')]);
    await take(page(), async ({ id }) => {
      if (id === 'no space') throw new Error(id);
      if (id === 'too old') throw new TabsError('fate_unknown', id);
    });
    expect(await take(page())).toEqual(['no space']);
  });

  test('that are not JSON are not left, nor what storage has no room for', async () => {
    const { storage, page, take } = desk();
    const odd = [new Uint8Array(1), 1n, Number.NaN, new Date(0), () => {}];
    page().leave([...odd.map((input, at) => edit(`${at}`, { input })), edit('plain')]);
    expect(await take(page())).toEqual(['plain']);
    storage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    expect(() => page().leave([edit('1')])).not.toThrow();
  });

  test('beside what others keep there are found among it, and what is no JSON is passed over', async () => {
    const { storage, page, take } = desk();
    storage.setItem('theme', 'dark');
    storage.setItem('notes:left:broken', '[{');
    page().leave([edit('1')]);
    expect(await take(page())).toEqual(['1']);
    expect(storage.getItem('theme')).toBe('dark');
  });
});

describe('an edit whose page went before the answer', () => {
  test('by being closed is made by the next page', async () => {
    const notes = new NotesBrowser();
    const first = await notes.open();
    const answer = first.tabs.run('append', { id: '1', title: 'a' });
    first.tabs.close();
    await expect(answer).rejects.toMatchObject({ code: 'closed' });
    expect(await notes.titles(await notes.open())).toEqual(['a']);
  });

  test('is made once, also if the leader had got it, the page comes back and several others take it', async () => {
    const notes = new NotesBrowser();
    const [leader, first, other] = [await notes.open(), await notes.open(), await notes.open()];
    leader.tab.mayPost = () => {
      leader.tab.mayPost = () => true;
      first.tabs.sleep();
      return true;
    };
    const answer = first.tabs.run('append', { id: '1', title: 'a' });
    await notes.pass();
    for (const { tabs } of [leader, other]) tabs.takeLeftEdits();
    await notes.pass();
    first.tabs.wake();
    expect(await notes.settle(answer)).toBe('a');
    // Each page tells with its next edit what may be forgotten.
    for (const { tabs } of [first, leader, other]) await notes.settle(tabs.run('append', { id: '2', title: 'b' }));
    first.tabs.sleep();
    expect(await notes.titles(await notes.open())).toEqual(['a', 'bbb']);
  });

  test('is made once, also if a page finds it left by two', async () => {
    const notes = new NotesBrowser();
    const [first, second] = [await notes.open(), await notes.open()];
    first.tabs.run('append', { id: '1', title: 'a' }).catch(() => {});
    first.tabs.sleep();
    second.tabs.takeLeftEdits();
    second.tabs.close();
    const third = await notes.open();
    for (let round = 0; round < 2; round++) await notes.settle(third.tabs.run('append', { id: '2', title: 'b' }));
    first.tabs.wake();
    expect(await notes.titles(third)).toEqual(['a', 'bb']);
  });

  test('is made after a long absence', async () => {
    const notes = new NotesBrowser();
    const first = await notes.open();
    await notes.settle(first.tabs.run('append', { id: '1', title: 'a' }));
    for (const title of ['b', 'c']) first.tabs.run('append', { id: '1', title }).catch(() => {});
    first.tabs.close();
    notes.browser.clock.advance(60 * 24 * 60 * 60_000);
    expect(await notes.titles(await notes.open())).toEqual(['abc']);
  });
});
