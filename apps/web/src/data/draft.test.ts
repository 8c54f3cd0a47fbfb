import { ValueStore } from '@tributary/sync/tabs';
import { mergeTexts } from '@tributary/sync/text-merge';
import { describe, expect, test } from 'vitest';
import { Draft, type DraftCommit } from './draft.ts';

/** A database of one text, whose commits are answered when the test says so. */
class Desk {
  readonly stored: ValueStore<string | undefined>;
  readonly commits: (DraftCommit & { answer(stored: string): Promise<void>; refuse(): Promise<void> })[] = [];
  readonly draft: Draft;
  #timers: (() => void)[] = [];

  constructor(stored: string | undefined) {
    this.stored = new ValueStore(stored);
    this.draft = new Draft({
      stored: this.stored,
      commit: (edit) =>
        new Promise((resolve, reject) => {
          this.commits.push({
            ...edit,
            answer: async (text) => {
              resolve(text);
              await settled();
            },
            refuse: async () => {
              reject(new Error('no space'));
              await settled();
            },
          });
        }),
      schedule: (run) => {
        this.#timers.push(run);
        return () => {
          this.#timers = this.#timers.filter((timer) => timer !== run);
        };
      },
    });
    this.draft.start();
  }

  get text(): string | undefined {
    return this.draft.getSnapshot().text;
  }

  get isWaiting(): boolean {
    return this.#timers.length > 0;
  }

  passTime(): void {
    for (const run of this.#timers.splice(0)) run();
  }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a draft', () => {
  test('shows what is stored, as soon as that is known', () => {
    const desk = new Desk(undefined);
    expect(desk.text).toBeUndefined();
    desk.stored.set('hello');
    expect(desk.text).toBe('hello');
  });

  test('takes nothing before it knows what is stored', () => {
    const desk = new Desk(undefined);
    desk.draft.edit('typed too early');
    desk.passTime();
    expect(desk.commits).toEqual([]);
  });

  test('commits what was typed once, after a moment', async () => {
    const desk = new Desk('');
    desk.draft.edit('h');
    desk.draft.edit('he');
    expect(desk.commits).toEqual([]);
    desk.passTime();
    expect(desk.commits).toMatchObject([{ base: '', text: 'he' }]);
    desk.stored.set('he');
    await desk.commits[0]!.answer('he');
    desk.passTime();
    expect(desk.commits).toHaveLength(1);
  });

  test('goes on being typed while a commit is under way, and says nothing twice', async () => {
    const desk = new Desk('');
    desk.draft.edit('hel');
    desk.passTime();
    desk.draft.edit('hello');
    desk.stored.set('hel');
    expect(desk.text).toBe('hello');
    await desk.commits[0]!.answer('hel');
    expect(desk.text).toBe('hello');
    desk.passTime();
    expect(desk.commits[1]).toMatchObject({ base: 'hel', text: 'hello' });
  });

  test('takes in what others write elsewhere in it', () => {
    const desk = new Desk('one\ntwo');
    desk.draft.edit('one here\ntwo');
    desk.stored.set('one\ntwo there');
    expect(desk.text).toBe('one here\ntwo there');
    desk.passTime();
    expect(desk.commits).toMatchObject([{ base: 'one\ntwo there', text: 'one here\ntwo there' }]);
  });

  test('takes in what a commit was merged with', async () => {
    const desk = new Desk('one\ntwo');
    desk.draft.edit('one here\ntwo');
    desk.passTime();
    desk.draft.edit('one here!\ntwo');
    desk.stored.set('one\ntwo there');
    desk.stored.set('one here\ntwo there');
    await desk.commits[0]!.answer('one here\ntwo there');
    expect(desk.text).toBe('one here!\ntwo there');
    desk.passTime();
    expect(desk.commits[1]).toMatchObject({ base: 'one here\ntwo there', text: 'one here!\ntwo there' });
  });

  test('takes in what arrived while a commit was under way', async () => {
    const desk = new Desk('a\nb');
    desk.draft.edit('a!\nb');
    desk.passTime();
    desk.stored.set('a!\nb');
    desk.stored.set('a!\nb, later');
    await desk.commits[0]!.answer('a!\nb');
    expect(desk.text).toBe('a!\nb, later');
    expect(desk.isWaiting).toBe(false);
  });

  test('keeps and tries again what could not be saved, and says why', async () => {
    const desk = new Desk('');
    desk.draft.edit('precious');
    desk.passTime();
    await desk.commits[0]!.refuse();
    expect(desk.draft.getSnapshot()).toMatchObject({ text: 'precious', isSaved: false, fault: new Error('no space') });
    desk.passTime();
    expect(desk.commits[1]).toMatchObject({ base: '', text: 'precious' });
    desk.stored.set('precious');
    await desk.commits[1]!.answer('precious');
    expect(desk.draft.getSnapshot()).toEqual({ text: 'precious', isSaved: true, fault: undefined });
  });

  test('is saved only when the database has all of it', async () => {
    const desk = new Desk('');
    const isSaved = () => desk.draft.getSnapshot().isSaved;
    expect(isSaved()).toBe(true);
    desk.draft.edit('a');
    expect(isSaved()).toBe(false);
    desk.passTime();
    desk.draft.edit('ab');
    desk.stored.set('a');
    await desk.commits[0]!.answer('a');
    expect(isSaved()).toBe(false);
    desk.passTime();
    desk.stored.set('ab');
    await desk.commits[1]!.answer('ab');
    expect(isSaved()).toBe(true);
  });

  test('is not touched while a character is being composed', () => {
    const desk = new Desk('a\nb');
    desk.draft.setComposing(true);
    desk.draft.edit('ni\nb');
    desk.stored.set('a\nb there');
    expect(desk.text).toBe('ni\nb');
    desk.draft.edit('你\nb');
    desk.draft.setComposing(false);
    expect(desk.text).toBe('你\nb there');
  });

  test('saves what is left when it is stopped', () => {
    const desk = new Desk('');
    desk.draft.edit('on the way out');
    desk.draft.stop();
    expect(desk.commits).toMatchObject([{ base: '', text: 'on the way out' }]);
  });

  test('commits at once what was typed while a commit is under way, when the page goes', async () => {
    const desk = new Desk('');
    desk.draft.edit('o');
    desk.passTime();
    desk.draft.edit('out');
    desk.draft.commitNow();
    expect(desk.commits).toMatchObject([
      { base: '', text: 'o' },
      { base: 'o', text: 'out' },
    ]);
    desk.stored.set('o');
    await desk.commits[0]!.answer('o');
    expect(desk.draft.getSnapshot()).toMatchObject({ text: 'out', isSaved: false });
    desk.stored.set('out, with more');
    await desk.commits[1]!.answer('out, with more');
    expect(desk.draft.getSnapshot()).toMatchObject({ text: 'out, with more', isSaved: true });
    expect(desk.isWaiting).toBe(false);
  });

  test('keeps all that was typed, whichever of two commits fails', async () => {
    for (const failing of [[0], [1], [0, 1]]) {
      const desk = new Desk('');
      desk.draft.edit('first\n');
      desk.draft.commitNow();
      desk.draft.edit('first\nsecond\n');
      desk.draft.commitNow();
      let stored = '';
      for (const [at, commit] of desk.commits.entries()) {
        if (failing.includes(at)) {
          await commit.refuse();
        } else {
          stored = mergeTexts(commit.base, commit.text, stored).text;
          desk.stored.set(stored);
          await commit.answer(stored);
        }
      }
      expect(desk.text).toBe('first\nsecond\n');
      desk.passTime();
      const [, , again] = desk.commits;
      if (again !== undefined) stored = mergeTexts(again.base, again.text, stored).text;
      expect(stored).toBe('first\nsecond\n');
    }
  });
});
