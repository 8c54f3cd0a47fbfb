import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { openNotes } from '../../testing/notes-replica.ts';
import type { Action, Mutation } from '../messages.ts';
import { noteCommands } from '../testing/notes-tabs.ts';
import { DirtyTables } from './dirty-tables.ts';
import { MutationLog } from './mutation-log.ts';
import { Mutations } from './mutations.ts';

const DAY_MS = 24 * 60 * 60_000;

function open() {
  const replica = openNotes();
  const clock = new ManualClock();
  const written: string[][] = [];
  const dirtyTables = new DirtyTables(replica, clock, (tables) => written.push([...tables.keys()].sort()));
  const options = { replica, repositories: replica, commands: noteCommands, dirtyTables, now: () => clock.now() };
  const mutations = new Mutations(options);
  const mutation = (id: string, name: string, input?: unknown): Mutation => {
    const action: Action = { kind: 'command', name, input, isUndoable: true };
    return { kind: 'mutation', id, createdAt: clock.now(), action };
  };
  const recorded = () => replica.sqlite.prepare('SELECT id FROM tab_mutations ORDER BY id').pluck().all();
  const titles = () => replica.sqlite.prepare('SELECT title FROM notes ORDER BY id').pluck().all();
  return { replica, clock, mutations, mutation, recorded, titles, written };
}

const NOTE = { id: '1', title: 'a' };

describe('a mutation', () => {
  test('that is sent again has the same answer and is not made again', () => {
    const { mutations, mutation, titles } = open();
    const first = mutations.apply(mutation('m1', 'append', NOTE), []);
    const again = mutations.apply(mutation('m1', 'append', NOTE), []);
    expect(first).toMatchObject({ result: 'a', version: 1, undo: expect.any(String) });
    expect(again).toEqual(first);
    expect(titles()).toEqual(['a']);
  });

  test('with another id is another one', () => {
    const { mutations, mutation, titles } = open();
    for (const id of ['m1', 'm2']) mutations.apply(mutation(id, 'append', NOTE), []);
    expect(titles()).toEqual(['aa']);
  });

  test('that fails leaves nothing behind, and may succeed when it is sent again', () => {
    const { mutations, mutation, recorded, titles } = open();
    mutations.apply(mutation('m0', 'link', ['1', '2']), []);
    expect(() => mutations.apply(mutation('m1', 'link', ['1', '2']), ['m0'])).toThrow('UNIQUE');
    expect(() => mutations.apply(mutation('m2', 'failAfterWriting'), [])).toThrow(new RangeError('on purpose'));
    expect([recorded(), titles()]).toEqual([['m0'], []]);
    expect(mutations.apply(mutation('m1', 'write', NOTE), []).result).toEqual({ id: '1', length: 1 });
  });

  test('of an unknown name is refused in words for people', () => {
    const { mutations, mutation } = open();
    for (const name of ['nope', 'toString']) {
      expect(() => mutations.apply(mutation('m1', name), [])).toThrow(
        expect.objectContaining({ code: 'unknown_command', message: expect.stringContaining('reload') }),
      );
    }
  });

  test('answers as JSON has it, the first time as the second', () => {
    const replica = openNotes();
    const clock = new ManualClock();
    const dirtyTables = new DirtyTables(replica, clock, () => {});
    const commands = { at: () => ({ at: new Date(0), nothing: undefined }), none: () => {} };
    const now = () => clock.now();
    const mutations = new Mutations({ replica, repositories: replica, commands, dirtyTables, now });
    const apply = (id: string, name: string) =>
      mutations.apply(
        {
          kind: 'mutation',
          id,
          createdAt: clock.now(),
          action: { kind: 'command', name, input: undefined, isUndoable: true },
        },
        [],
      ).result;
    for (let time = 0; time < 2; time++) expect(apply('m1', 'at')).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expect([apply('m2', 'none'), apply('m2', 'none')]).toEqual([undefined, undefined]);
  });

  test('cannot wait inside its transaction', () => {
    const replica = openNotes();
    const clock = new ManualClock();
    const dirtyTables = new DirtyTables(replica, clock, () => {});
    const commands = { wait: async () => 1 };
    const mutations = new Mutations({ replica, repositories: replica, commands, dirtyTables, now: () => clock.now() });
    const action: Action = { kind: 'command', name: 'wait', input: undefined, isUndoable: true };
    const apply = () => mutations.apply({ kind: 'mutation', id: 'm', createdAt: clock.now(), action }, []);
    expect(apply).toThrow(TypeError);
    expect(replica.sqlite.prepare('SELECT count(*) FROM tab_mutations').pluck().get()).toBe(0);
  });
});

describe('records', () => {
  test('go when their tab says that it has the answers', () => {
    const { mutations, mutation, recorded } = open();
    mutations.apply(mutation('m1', 'append', NOTE), []);
    mutations.apply(mutation('m2', 'append', NOTE), []);
    mutations.apply(mutation('m3', 'append', NOTE), ['m1', 'm2']);
    expect(recorded()).toEqual(['m3']);
  });

  test('of tabs that are gone go at the start of a leader, once an edit was made that is a week younger', () => {
    const { replica, clock, mutations, mutation, recorded } = open();
    const startLeader = () => new MutationLog(replica, () => clock.now());
    mutations.apply(mutation('m1', 'append', NOTE), []);
    clock.advance(100 * DAY_MS);
    startLeader();
    expect(recorded()).toEqual(['m1']);
    mutations.apply(mutation('m2', 'append', NOTE), []);
    startLeader();
    expect(recorded()).toEqual(['m2']);
  });

  test('of a clock that was a year ahead do not take the others with them', () => {
    const { replica, clock, mutations, mutation, recorded } = open();
    mutations.apply(mutation('m1', 'append', NOTE), []);
    mutations.apply({ ...mutation('m2', 'append', NOTE), createdAt: clock.now() + 365 * DAY_MS }, []);
    expect(new MutationLog(replica, () => clock.now()).find('m3', clock.now())).toBeUndefined();
    expect(recorded()).toEqual(['m1', 'm2']);
  });

  test('that may be gone make an old mutation one of unknown fate, unless its record is there', () => {
    const { mutations, mutation, clock, titles } = open();
    const [made, lost] = [mutation('m1', 'append', NOTE), mutation('m2', 'append', NOTE)];
    const answer = mutations.apply(made, []);
    clock.advance(DAY_MS + 1);
    mutations.apply(mutation('m3', 'append', NOTE), []);
    expect(mutations.apply(made, [])).toEqual(answer);
    expect(() => mutations.apply(lost, [])).toThrow(expect.objectContaining({ code: 'fate_unknown' }));
    expect(titles()).toEqual(['aa']);
  });

  test('of nothing younger leave a mutation as it is, however old', () => {
    const { mutations, mutation, clock } = open();
    const [first, second] = [mutation('m1', 'append', NOTE), mutation('m2', 'append', NOTE)];
    clock.advance(100 * DAY_MS);
    mutations.apply(first, []);
    expect(mutations.apply(second, []).result).toBe('aa');
  });
});

describe('what was written', () => {
  test('is told once for each commit, and by the command’s tables', () => {
    const { mutations, mutation, clock, written } = open();
    mutations.apply(mutation('m1', 'append', NOTE), []);
    expect(written).toEqual([]);
    clock.runAll();
    expect(written).toEqual([['notes', 'tab_mutations']]);
  });

  test('by a command that failed is not told, and what was written before it is', () => {
    const { mutations, mutation, clock, written } = open();
    expect(() => mutations.apply(mutation('m1', 'failAfterWriting'), [])).toThrow(RangeError);
    clock.runAll();
    expect(written).toEqual([]);
    mutations.apply(mutation('m2', 'link', ['1', '2']), []);
    expect(() => mutations.apply(mutation('m3', 'failAfterWriting'), [])).toThrow(RangeError);
    clock.runAll();
    expect(written).toEqual([['links', 'tab_mutations']]);
  });
});
