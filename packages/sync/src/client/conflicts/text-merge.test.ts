import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import { describe, expect, test } from 'vitest';
import { mergeTexts } from './text-merge.ts';

describe('edits of different places are both taken', () => {
  test.each([
    ['the cat sat', 'the cat sat down', 'the old cat sat', 'the old cat sat down'],
    ['the cat sat', 'the dog sat', 'the cat ran', 'the dog ran'],
    ['buy milk', 'buy oat milk', 'buy milk and eggs', 'buy oat milk and eggs'],
    ['one two three', 'two three', 'one two', 'two'],
    ['我喜欢吃苹果', '我很喜欢吃苹果', '我喜欢吃香蕉', '我很喜欢吃香蕉'],
    ['- a\n- b\n- c\n', '- a\n- new\n- b\n- c\n', '- a\n- b\n', '- a\n- new\n- b\n'],
    ['Call Bob.', 'Call Bob!', 'Please call Bob.', 'Please call Bob!'],
  ])('%j: %j and %j', (base, local, remote, text) => {
    expect(mergeTexts(base, local, remote)).toEqual({ text, isClean: true });
  });
});

describe('edits of the same place are both kept, the local one first', () => {
  test.each([
    ['Meet at 5.', 'Meet at 6.', 'Meet at 7.', 'Meet at 6 7.'],
    ['', 'Lisbon', 'Porto', 'Lisbon Porto'],
    ['the quick brown fox', 'a slow red dog', 'one lazy blue cat', 'a slow red dog one lazy blue cat'],
    ['plan', 'plan and eggs', 'plan and eggs and bread', 'plan and eggs and bread'],
    ['one\n', 'two\n', 'three\n', 'two three\n'],
    ['cat', '', 'black cat', 'black cat'],
    ['苹果', '香蕉', '葡萄', '香蕉葡萄'],
    ['a big house', 'red big dog house', 'blue big dog home', 'red blue big dog house home'],
  ])('%j: %j and %j', (base, local, remote, text) => {
    expect(mergeTexts(base, local, remote)).toEqual({ text, isClean: false });
  });
});

describe('without a base', () => {
  test.each([
    ['buy milk', 'buy milk and eggs', 'buy milk and eggs', true],
    ['buy oat milk', 'buy milk and eggs', 'buy oat milk and eggs', true],
    ['', 'Lisbon', 'Lisbon', true],
    ['buy milk', 'buy tea', 'buy milk tea', false],
    ['one', 'two', 'one two', false],
  ])('%j and %j', (local, remote, text, isClean) => {
    expect(mergeTexts(undefined, local, remote)).toEqual({ text, isClean });
  });
});

describe('texts of 100 kB', () => {
  const seed = seedOfRun();
  const BYTES = 100_000;
  const MAX_SECONDS = 10;

  const prose = (random: SeededRandom, separators: readonly string[]) => {
    let text = '';
    while (text.length < BYTES) text += `w${random.below(80)}${random.pick(separators)}`;
    return text;
  };
  const sentences = [' ', ' ', ' ', ', ', '. ', '.\n\n'];
  const three = (make: () => string) => [make(), make(), make()] as const;

  test.each([
    ['of prose', (random: SeededRandom) => three(() => prose(random, sentences))],
    ['without punctuation', (random: SeededRandom) => three(() => prose(random, [' ']))],
    ['of nothing but words', (random: SeededRandom) => three(() => prose(random, ['']))],
    ['of short lines', (random: SeededRandom) => three(() => prose(random, ['\n']))],
    ['of punctuation', (random: SeededRandom) => three(() => random.pick(['.,', ',;', ';.']).repeat(BYTES / 2))],
    [
      'of two letters',
      (random: SeededRandom) => three(() => random.pick(['a b a b ', 'b a b a ', 'a a b b ']).repeat(BYTES / 8)),
    ],
    ['of line ends', () => ['\n'.repeat(BYTES), '\na'.repeat(BYTES / 2), '\nb'.repeat(BYTES / 2)] as const],
  ])(`%s are merged in time, however they differ (seed ${seed})`, (_title, make) => {
    const [base, local, remote] = make(createSeededRandom(seed));
    const started = performance.now();
    const merges = [mergeTexts(base, local, remote), mergeTexts(undefined, local, remote)];
    expect((performance.now() - started) / 1_000).toBeLessThan(MAX_SECONDS);
    for (const { text } of merges) expect(text.length).toBeGreaterThanOrEqual(BYTES);
  });

  test('with a few edits each are merged word by word', () => {
    const base = prose(createSeededRandom(seed), [' ']);
    const [first, last] = [base.slice(0, 60_000), base.slice(60_000)];
    const merge = mergeTexts(base, `mine ${first}here ${last}`, `${first}${last}theirs`);
    expect(merge).toEqual({ text: `mine ${first}here ${last}theirs`, isClean: true });
  });
});
