import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendText, hasWord, splitClauses, splitLines, splitTokens } from './text-pieces.ts';

test.each([splitTokens, splitClauses, splitLines])('%o: the pieces join to the text', (split) => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', '.', '我', '👩', '\u200D', '\u0301', '\uD800') }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(split(text).join('')).toBe(text);
      expect(split(text)).not.toContain('');
    }),
    { numRuns: 1_000 },
  );
});

describe('tokens are', () => {
  test.each([
    ['words, spaces and punctuation', "Don't  panic, Zoë!", ['Don', "'", 't', '  ', 'panic', ',', ' ', 'Zoë', '!']],
    ['words with marks of their own', 'Zoe\u0308 naïve', ['Zoe\u0308', ' ', 'naïve']],
    ['line ends apart from spaces', 'a \n\r\n b', ['a', ' ', '\n', '\r\n', ' ', 'b']],
    ['Chinese and Japanese one by one', '我吃apple。カメ', ['我', '吃', 'apple', '。', 'カ', 'メ']],
    ['Korean words', '나는 사과', ['나는', ' ', '사과']],
    ['pictures as they are seen', '👍🏽👩‍👩‍👧🇵🇹🇪🇸', ['👍🏽', '👩‍👩‍👧', '🇵🇹', '🇪🇸']],
    ['numbers and names', 'v2_final 3.5', ['v2_final', ' ', '3', '.', '5']],
  ])('%s', (_title, text, tokens) => {
    expect(splitTokens(text)).toEqual(tokens);
  });
});

test('clauses end with their punctuation and the spaces behind it', () => {
  expect(splitClauses('One, two.  Three\nFour。五')).toEqual(['One, ', 'two.  ', 'Three\n', 'Four。', '五']);
});

test('lines end with their line end', () => {
  expect(splitLines('a\r\n\nb')).toEqual(['a\r\n', '\n', 'b']);
});

test.each([
  ['a', true],
  ['1', true],
  ['我', true],
  ['👍', true],
  [' \n', false],
  ['.,—', false],
])('%j says something by itself: %s', (text, expected) => {
  expect(hasWord(text)).toBe(expected);
});

test.each([
  ['one', 'two', 'one two'],
  ['one.', 'Two', 'one. Two'],
  ['one ', 'two', 'one two'],
  ['one', '\ntwo', 'one\ntwo'],
  ['one\n', 'two', 'one\ntwo'],
  ['one\nmore', 'two', 'one\nmore\ntwo'],
  ['one', '!', 'one!'],
  ['我吃', '苹果', '我吃苹果'],
  ['', 'two', 'two'],
  ['one', '', 'one'],
])('%j and %j are kept apart where they have to be', (first, second, expected) => {
  expect(appendText(first, second)).toBe(expected);
});
