/**
 * Tabs that edit, sleep, wake, are closed and are killed at random, also in the middle of a transaction and between an edit
 * and its answer. Whatever happens, an edit is made exactly once; only one that a killed tab had no answer to may be lost.
 */
import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import { expect, test } from 'vitest';
import { NotesBrowser, type OpenTab } from './testing/notes-tabs.ts';

const RUNS = 25;
const STEPS = 60;

interface Edit {
  readonly token: string;
  readonly by: OpenTab;
  outcome: 'open' | 'made' | 'refused';
  /** What the command answered. */
  result?: string;
}

test(`edits are made exactly once in ${RUNS} histories of tabs that come and go`, async () => {
  const seed = seedOfRun();
  const kills = { now: 0, posting: 0, writing: 0 };
  for (let run = 0; run < RUNS; run++) {
    const random = createSeededRandom(seed + run);
    try {
      await simulate(random, kills);
    } catch (error) {
      throw new Error(`replay with TRIBUTARY_SEED=${seed + run}`, { cause: error });
    }
  }
  for (const count of Object.values(kills)) expect(count).toBeGreaterThan(0);
}, 120_000);

async function simulate(random: SeededRandom, kills: Record<'now' | 'posting' | 'writing', number>): Promise<void> {
  const notes = new NotesBrowser();
  const edits: Edit[] = [];
  const traps: (() => void)[] = [];
  let tabs: OpenTab[] = [await notes.open(), await notes.open()];
  const asleep = new Set<OpenTab>();
  const awake = () => tabs.filter((tab) => !asleep.has(tab));
  const remove = (gone: OpenTab) => {
    tabs = tabs.filter((tab) => tab !== gone);
    asleep.delete(gone);
    if (awake().length === 0) tabs.push(notes.start());
  };

  const steps = {
    edit: () => {
      const by = random.pick(awake());
      const edit: Edit = { token: `<${edits.length}>`, by, outcome: 'open' };
      edits.push(edit);
      by.tabs.run('append', { id: `note ${random.below(3)}`, title: edit.token }).then(
        (result) => Object.assign(edit, { outcome: 'made', result }),
        () => (edit.outcome = 'refused'),
      );
    },
    open: () => {
      if (tabs.length < 5) tabs.push(notes.start());
    },
    watch: () =>
      random
        .pick(awake())
        .tabs.watchSql('SELECT id, title FROM notes ORDER BY id')
        .subscribe(() => {}),
    look: () => random.pick(awake()).tabs.pageChanged(random.pick(['hidden', 'visible', 'visible'])),
    sleep: () => {
      const tab = random.pick(tabs);
      if (asleep.delete(tab)) {
        tab.tabs.wake();
      } else if (awake().length > 1) {
        asleep.add(tab);
        tab.tabs.sleep();
      }
      tellOthers();
    },
    close: () => {
      const tab = random.pick(tabs);
      if (!asleep.has(tab)) tab.tabs.close();
      remove(tab);
      tellOthers();
    },
    kill: () => {
      const leader = tabs.find(({ tab }) => tab === notes.leader);
      const victim = leader && random.chance(0.8) ? leader : random.pick(awake());
      const how = random.pick(['now', 'posting', 'writing'] as const);
      const die = () => {
        if (victim.tab.isAlive) kills[how]++;
        victim.tab.kill();
        remove(victim);
      };
      if (how === 'now') die();
      if (how === 'posting') {
        victim.tab.mayPost = () => (die(), false);
        traps.push(() => (victim.tab.mayPost = () => true));
      }
      if (how === 'writing' && victim === leader && notes.replica?.sqlite.open) {
        const stop = notes.replica.sqlite.onUpdate(() => {
          stop();
          die();
        });
        traps.push(stop);
      }
    },
  };
  /** Who is awake hears that something was left, unless it just does not. */
  const tellOthers = () => {
    for (const { tabs: page } of awake()) if (random.chance(0.5)) page.takeLeftEdits();
  };
  const names = ['edit', 'edit', 'edit', 'edit', 'open', 'watch', 'look', 'sleep', 'close', 'kill'] as const;

  for (let step = 0; step < STEPS; step++) {
    steps[random.pick(names)]();
    if (random.chance(0.7)) await notes.pass(random.below(6));
  }
  for (const disarm of traps) disarm();
  for (const { tabs: page } of asleep) page.wake();
  for (const { tabs: page } of tabs) page.pageChanged('visible');
  await notes.pass(5_000);

  const reader = await notes.open();
  await notes.pass(2_000);
  const rows = await notes.settle(reader.tabs.query('SELECT id, title FROM notes ORDER BY id'));
  const text = rows.map(([, title]) => title).join();
  const times = (token: string, within: string = text) => within.split(token).length - 1;
  const tokensOf = (faulty: readonly Edit[]) => faulty.map(({ token }) => token);
  expect(tokensOf(edits.filter(({ token }) => times(token) > 1))).toEqual([]);
  const made = edits.filter(({ outcome }) => outcome === 'made');
  expect(tokensOf(made.filter(({ token, result = '' }) => times(token) !== 1 || times(token, result) !== 1))).toEqual(
    [],
  );
  expect(tokensOf(edits.filter(({ by, outcome }) => tabs.includes(by) && outcome !== 'made'))).toEqual([]);
  expect(tokensOf(edits.filter(({ by, token }) => by.tab.isAlive && times(token) !== 1))).toEqual([]);
  for (const { tabs: page } of tabs) {
    const live = page.watchSql('SELECT id, title FROM notes ORDER BY id');
    live.subscribe(() => {});
    await notes.pass();
    expect(live.getSnapshot()).toEqual(rows);
  }
}
