import { expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import type { FromPage } from '../messages.ts';
import type { Row } from '../rows.ts';
import { PageQueries } from './page-queries.ts';

function open() {
  const clock = new ManualClock();
  const sent: FromPage[] = [];
  const queries = new PageQueries((message) => sent.push(message), clock);
  const titlesOf = (rows: readonly Row[]) => rows.map(([title]) => title);
  const watch = (sql = 'SELECT title FROM notes') => queries.watch({ sql, params: [] }, titlesOf);
  const receive = (id: number, ...titles: string[]) =>
    queries.received(id, { ok: true, value: titles.map((title) => [title]) });
  return { clock, sent, queries, watch, receive };
}

test('all who watch a query share one subscription', () => {
  const { sent, watch, receive } = open();
  const [one, other] = [watch(), watch()];
  expect([one.key === other.key, sent]).toEqual([true, []]);
  const told: string[] = [];
  one.subscribe(() => told.push('one'));
  other.subscribe(() => told.push('other'));
  expect(sent.map(({ kind }) => kind)).toEqual(['subscribe']);
  receive(1, 'a');
  expect([told, one.getSnapshot(), other.getSnapshot()]).toEqual([['one', 'other'], ['a'], ['a']]);
});

test('the snapshot is the same object until the rows change', () => {
  const { watch, receive } = open();
  const live = watch();
  let told = 0;
  live.subscribe(() => told++);
  receive(1, 'a');
  const before = live.getSnapshot();
  receive(1, 'a');
  expect([live.getSnapshot() === before, told]).toEqual([true, 1]);
  receive(1, 'b');
  expect([live.getSnapshot(), told]).toEqual([['b'], 2]);
});

test('a subscription outlives its last watcher for a second', () => {
  const { clock, sent, watch, receive } = open();
  const stop = watch().subscribe(() => {});
  receive(1, 'a');
  stop();
  stop();
  clock.advance(900);
  const back = watch();
  expect(back.getSnapshot()).toEqual(['a']);
  const stopAgain = back.subscribe(() => {});
  clock.advance(5_000);
  expect(sent.map(({ kind }) => kind)).toEqual(['subscribe']);
  stopAgain();
  clock.advance(1_000);
  expect(sent.at(-1)).toEqual({ kind: 'unsubscribe', id: 1 });
  watch().subscribe(() => {});
  expect(sent.at(-1)).toMatchObject({ kind: 'subscribe', id: 2 });
  receive(1, 'late');
  expect(watch().getSnapshot()).toBeUndefined();
});

test('what the query failed with is thrown to whoever reads, until it works', () => {
  const { queries, watch, receive } = open();
  const live = watch('SELECT nope');
  live.subscribe(() => {});
  queries.received(1, { ok: false, error: { name: 'SqliteError', message: 'no such column', code: 'SQLITE_ERROR' } });
  expect(() => live.getSnapshot()).toThrow('no such column');
  receive(1, 'a');
  expect(live.getSnapshot()).toEqual(['a']);
});
