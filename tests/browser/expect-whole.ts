import { expect } from 'vitest';

/** What a worker answers to `check`: the results of its queries, of which the last is the number of the last transaction. */
export type Checked = readonly unknown[][][];

/** Nothing is there by halves, and the file is sound. Returns the number of the last transaction that is there. */
export function expectWhole(checked: Checked): number {
  expect(checked.slice(0, -1)).toEqual([[['ok']], [], [], []]);
  return Number(checked.at(-1)?.[0]?.[0]);
}
