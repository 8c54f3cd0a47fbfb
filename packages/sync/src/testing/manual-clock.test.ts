import { describe, expect, test } from 'vitest';
import { ManualClock } from './manual-clock.ts';

describe('a manual clock', () => {
  test('stands still until it is told to go on', () => {
    const { clock, ran, note } = setUp();
    clock.setTimeout(note('a'), 10);
    clock.advance(9);
    expect([ran, clock.uptimeMs()]).toEqual([[], 9]);
    clock.advance(1);
    expect([ran, clock.uptimeMs()]).toEqual([['a'], 10]);
  });

  test('runs what is due in order of time, and then of having been asked for', () => {
    const { clock, ran, note } = setUp();
    for (const [name, delayMs] of [
      ['c', 5],
      ['a', 1],
      ['d', 5],
      ['b', 1],
    ] as const)
      clock.setTimeout(note(name), delayMs);
    clock.advance(5);
    expect(ran).toEqual(['a', 'b', 'c', 'd']);
  });

  test('tells each task the time at which it was due, and afterwards the time it was advanced to', () => {
    const clock = new ManualClock(1_000);
    const times: number[] = [];
    for (const delayMs of [3, 7]) clock.setTimeout(() => times.push(clock.now()), delayMs);
    clock.advance(10);
    expect([...times, clock.now()]).toEqual([1_003, 1_007, 1_010]);
  });

  test('runs what is deferred before anything else that is due, and what yields behind it', () => {
    const { clock, ran, note } = setUp();
    clock.setTimeout(() => {
      clock.yield(note('yielded'));
      clock.defer(() => {
        note('deferred')();
        clock.defer(note('deferred in turn'));
      });
      note('first')();
    }, 0);
    clock.setTimeout(note('second'), 0);
    clock.advance(0);
    expect(ran).toEqual(['first', 'deferred', 'deferred in turn', 'second', 'yielded']);
  });

  test('does not run what was cancelled, and a second cancelling harms nobody', () => {
    const { clock, ran, note } = setUp();
    const cancel = clock.setTimeout(note('cancelled'), 5);
    clock.setTimeout(note('kept'), 5);
    cancel();
    cancel();
    clock.advance(5);
    cancel();
    expect([ran, clock.pending]).toEqual([['kept'], 0]);
  });

  test('runs within one advance what the tasks themselves ask for, as far as it is due', () => {
    const { clock, ran, note } = setUp();
    clock.setTimeout(() => {
      clock.setTimeout(note('at 9'), 4);
      clock.setTimeout(note('at 11'), 6);
    }, 5);
    clock.advance(10);
    expect([ran, clock.pending]).toEqual([['at 9'], 1]);
  });

  test('runs all there is, however late it is due', () => {
    const { clock, ran, note } = setUp();
    clock.setTimeout(() => clock.setTimeout(note('b'), 1_000_000), 1_000_000);
    clock.setTimeout(note('a'), 1);
    clock.runAll();
    expect([ran, clock.uptimeMs(), clock.runNext()]).toEqual([['a', 'b'], 2_000_000, false]);
  });

  test('refuses to run for ever', () => {
    const clock = new ManualClock();
    const again = () => void clock.setTimeout(again, 1);
    again();
    expect(() => clock.runAll()).toThrow('still something to run');
  });

  test('can have its time of day set, which moves no timer', () => {
    const { clock, ran, note } = setUp();
    clock.setTimeout(note('a'), 10);
    clock.setNow(5);
    clock.advance(9);
    expect([clock.now(), clock.uptimeMs(), ran]).toEqual([14, 9, []]);
    clock.advance(1);
    expect(ran).toEqual(['a']);
  });

  test('lets promises settle between one task and the next, where that is asked for', async () => {
    const { clock, ran, note } = setUp();
    clock.setTimeout(() => void inTurns(3).then(note('promised')), 1);
    clock.setTimeout(note('second'), 1);
    await clock.advanceAsync(1);
    expect(ran).toEqual(['promised', 'second']);
  });

  test('goes on until something is so, and no further', async () => {
    const { clock, ran, note } = setUp();
    for (const delayMs of [1, 2, 3]) clock.setTimeout(note(delayMs), delayMs);
    expect(await clock.advanceUntil(() => ran.length === 2, 100)).toBe(true);
    expect([ran, clock.uptimeMs()]).toEqual([[1, 2], 2]);
    expect(await clock.advanceUntil(() => ran.length === 9, 100)).toBe(false);
    expect([ran, clock.uptimeMs()]).toEqual([[1, 2, 3], 102]);
  });
});

function setUp() {
  const ran: unknown[] = [];
  return { clock: new ManualClock(), ran, note: (name: unknown) => () => void ran.push(name) };
}

async function inTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}
