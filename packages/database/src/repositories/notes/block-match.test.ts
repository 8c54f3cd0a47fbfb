import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchBlocks } from './block-match.ts';
import { parseBlocks } from './note-text.ts';

function match(before: string, after: string) {
  return matchBlocks(parseBlocks(before), parseBlocks(after));
}

describe('what stays', () => {
  test('is matched in order', () => {
    expect(match('a\nb\nc', 'a\nb\nc')).toEqual([0, 1, 2]);
  });

  test('is matched around an insertion', () => {
    expect(match('a\nb', 'a\nnew\nb')).toEqual([0, undefined, 1]);
  });

  test('is matched around a deletion', () => {
    expect(match('a\nb\nc', 'a\nc')).toEqual([0, 2]);
  });

  test('is matched among equal lines', () => {
    expect(match('{\n}\n{\n}\n{\n}', '{\n}\n{\n}')).toEqual([0, 1, 2, 3]);
  });

  test('is nothing in an empty text', () => {
    expect(match('', 'a')).toEqual([undefined]);
    expect(match('a', '')).toEqual([]);
  });
});

describe('what moved', () => {
  test('is the same block', () => {
    expect(match('one\ntwo\nthree\nfour', 'two\nthree\nfour\none')).toEqual([1, 2, 3, 0]);
  });

  test('is the same block with other blank lines around it', () => {
    expect(match('one\n\ntwo\n\nthree', 'two\n\nthree\n\none')).toEqual([1, 2, 0]);
  });

  test('is each block once, also among equal ones', () => {
    const result = match('x\nsame\nsame\ny', 'same\ny\nx\nsame\nsame');
    const matched = result.filter((index) => index !== undefined);
    expect(new Set(matched).size).toBe(matched.length);
    expect(matched).toHaveLength(4);
  });

  test('survives swapping two paragraphs', () => {
    expect(match('first paragraph\nsecond paragraph', 'second paragraph\nfirst paragraph')).toEqual([1, 0]);
  });
});

describe('what was edited', () => {
  test('is the most similar block of its gap', () => {
    const before = 'top\nThe relay keeps batches.\nThe projector folds them.\nend';
    const after = 'top\nA new line in front.\nThe relay keeps all batches.\nThe projector folds them well.\nend';
    expect(match(before, after)).toEqual([0, undefined, 1, 2, 3]);
  });

  test('may have changed its kind', () => {
    expect(match('intro\nGroceries\n\nend', 'intro\n## Groceries\n\nend')).toEqual([0, 1, 2]);
  });

  test('may have nothing left of its text, if it is alone in its place', () => {
    expect(match('a\nfoo\nb', 'a\nxyz\nb')).toEqual([0, 1, 2]);
  });

  test('is not a block of another place', () => {
    expect(match('hello world\nanchor', 'anchor\nhello there world')).toEqual([1, undefined]);
  });

  test('is not an unlike block among several', () => {
    expect(match('a\nfoo\nbar\nb', 'a\nxyz\nb')).toEqual([0, undefined, 3]);
  });

  test('is split into the longer half and a new block', () => {
    const result = match('The relay keeps batches. It is durable.', 'The relay keeps batches.\nIt is durable.');
    expect(result).toEqual([0, undefined]);
  });
});

test('every stored block is matched once at most, whatever the edit', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '', '# a', '- [ ] a', 'a b c', 'a b d', '```'), { maxLength: 20 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const matched = match(before.join('\n'), after.join('\n')).filter((index) => index !== undefined);
      expect(new Set(matched).size).toBe(matched.length);
    }),
  );
});

test('5,000 blocks rewritten entirely take bounded time', () => {
  const lines = (word: string) => Array.from({ length: 5_000 }, (_, at) => `${word} ${at * 7919}`).join('\n');
  const start = performance.now();
  expect(match(lines('before'), lines('after'))).toHaveLength(5_000);
  expect(performance.now() - start).toBeLessThan(3_000);
});
