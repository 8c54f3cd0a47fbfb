import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { DEFAULT_DEBOUNCE, EditWatch, type DebounceOptions } from './edit-watch.ts';

describe('edits are due', () => {
  test('when there was none for a moment', () => {
    const { clock, watch, dueAt } = open({ debounceMs: 50, maxDelayMs: 250 });
    watch.edited();
    clock.advance(30);
    watch.edited();
    clock.advance(49);
    expect(dueAt).toEqual([]);
    clock.advance(1);
    expect(dueAt).toEqual([80]);
  });

  test('when the first of them has waited long enough, however many follow', () => {
    const { clock, watch, dueAt } = open({ debounceMs: 50, maxDelayMs: 250 });
    for (let ms = 0; ms < 300; ms += 10) {
      watch.edited();
      clock.advance(10);
    }
    expect(dueAt).toEqual([250]);
  });

  test('once for all of them, and again for those that come later', () => {
    const { clock, watch, dueAt } = open({ debounceMs: 50, maxDelayMs: 250 });
    for (let edit = 0; edit < 100; edit++) watch.edited();
    clock.advance(1_000);
    watch.edited();
    clock.advance(1_000);
    expect(dueAt).toEqual([50, 1_050]);
  });

  test('as soon as what runs now is done, where there is nothing to wait for', () => {
    const { clock, watch, dueAt } = open({ debounceMs: 0, maxDelayMs: 0 });
    watch.edited();
    watch.edited();
    expect(dueAt).toEqual([]);
    clock.advance(0);
    expect(dueAt).toEqual([0]);
  });

  test('for an edit that is made while the earlier ones are taken care of, later', () => {
    const due: number[] = [];
    const clock = new ManualClock();
    const watch = new EditWatch(DEFAULT_DEBOUNCE, clock, () => {
      if (due.push(clock.uptimeMs()) === 1) watch.edited();
    });
    watch.edited();
    clock.advance(1_000);
    expect(due).toEqual([50, 100]);
  });

  test('after no more than the longest delay, even when the time of day is set back', () => {
    const { clock, watch, dueAt } = open({ debounceMs: 50, maxDelayMs: 250 });
    watch.edited();
    clock.setNow(0);
    clock.advance(300);
    expect(dueAt).toHaveLength(1);
  });
});

describe('a watch that is stopped', () => {
  test.each([50, 0])('says nothing of the edits so far, with a debounce of %i ms', (debounceMs) => {
    const { clock, watch, dueAt } = open({ debounceMs, maxDelayMs: 250 });
    watch.edited();
    watch.stop();
    clock.advance(1_000);
    expect([dueAt, clock.pending]).toEqual([[], 0]);
  });

  test('goes on with the next edit', () => {
    const { clock, watch, dueAt } = open({ debounceMs: 50, maxDelayMs: 250 });
    watch.edited();
    watch.stop();
    clock.advance(100);
    watch.edited();
    clock.advance(1_000);
    expect(dueAt).toEqual([150]);
  });
});

test('a burst of edits sets one timer', () => {
  const { clock, watch } = open(DEFAULT_DEBOUNCE);
  for (let edit = 0; edit < 1_000; edit++) watch.edited();
  expect(clock.pending).toBe(1);
});

function open(options: DebounceOptions) {
  const clock = new ManualClock();
  const dueAt: number[] = [];
  const watch = new EditWatch(options, clock, () => void dueAt.push(clock.uptimeMs()));
  return { clock, watch, dueAt };
}
