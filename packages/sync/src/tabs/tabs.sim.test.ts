/**
 * Tabs that edit, sleep, wake and are killed at random, also in the middle of a transaction and between an edit and its
 * answer. Whatever happens, an edit that was answered is made once, and one that nobody answered at most once.
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

test(`edits are made exactly once in ${RUNS} histories of dying tabs`, async () => {
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

  const steps = {
    edit: () => {
      const by = random.pick(tabs);
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
        .pick(tabs)
        .tabs.watchSql('SELECT id, title FROM notes ORDER BY id')
        .subscribe(() => {}),
    sleep: () => random.pick(tabs).tabs.pageChanged(random.pick(['suspended', 'hidden', 'visible', 'visible'])),
    kill: () => {
      const leader = tabs.find(({ tab }) => tab === notes.leader);
      const victim = leader && random.chance(0.8) ? leader : random.pick(tabs);
      const how = random.pick(['now', 'posting', 'writing'] as const);
      const die = () => {
        if (victim.tab.isAlive) kills[how]++;
        victim.tab.kill();
        tabs = tabs.filter(({ tab }) => tab.isAlive);
        if (tabs.length === 0) tabs.push(notes.start());
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
  const names = ['edit', 'edit', 'edit', 'edit', 'open', 'watch', 'sleep', 'kill'] as const;

  for (let step = 0; step < STEPS; step++) {
    steps[random.pick(names)]();
    if (random.chance(0.7)) await notes.pass(random.below(6));
  }
  for (const disarm of traps) disarm();
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
  expect(tokensOf(edits.filter(({ by, outcome }) => by.tab.isAlive && outcome !== 'made'))).toEqual([]);
  for (const { tabs: page } of tabs) {
    const live = page.watchSql('SELECT id, title FROM notes ORDER BY id');
    live.subscribe(() => {});
    await notes.pass();
    expect(live.getSnapshot()).toEqual(rows);
  }
}
