import { describe, expect, test } from 'vitest';
import { moveOffset } from './caret.ts';

/** The caret is `|` in both texts. */
function expectMove(before: string, after: string): void {
  const moved = moveOffset(before.replace('|', ''), after.replace('|', ''), before.indexOf('|'));
  expect(`${moved}: ${after.replace('|', '').slice(0, moved)}`).toBe(
    `${after.indexOf('|')}: ${after.slice(0, after.indexOf('|'))}`,
  );
}

describe('the caret', () => {
  test.each([
    ['stays before what was inserted behind it', 'one| two', 'one| and two'],
    ['moves with the text behind what was inserted', 'one two|', 'zero one two|'],
    ['stays at the beginning', '|one', '|one two'],
    ['stays at the end', 'one|', 'one|'],
    ['stays in its line when lines around it change', 'aaa\nthe li|ne\nbbb', 'aaaa!\nthe li|ne\nbb'],
    ['stays in its word among equal ones', 'x\nsame w|ord\ny\nsame word\nz', 'X\nsame w|ord\nY\nsame word\nz'],
    ['stays as far in what replaced its text', 'ab|cd', 'xy|z'],
    ['survives the loss of all text', 'ab|cd', '|'],
  ])('%s', (_, before, after) => {
    expectMove(before, after);
  });

  test('is never outside of the text', () => {
    const texts = ['', 'a', 'ab\ncd', 'cd\nab', 'xab\nxcd', 'ab\ncdab\ncd'];
    for (const before of texts) {
      for (const after of texts) {
        for (let offset = 0; offset <= before.length; offset++) {
          const moved = moveOffset(before, after, offset);
          expect(moved).toBeGreaterThanOrEqual(0);
          expect(moved).toBeLessThanOrEqual(after.length);
        }
      }
    }
  });
});
