import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineName } from '../engine/driver.ts';
import { notes } from '../schema/notes.ts';
import { openReplica } from '../replica/open-replica.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { MAX_QUERY_CHARACTERS, MAX_QUERY_TERMS, toMatchExpression } from './query-syntax.ts';
import { SearchIndex } from './search-index.ts';

describe('toMatchExpression', () => {
  it.each([
    ['all words must occur, the last may be unfinished', 'red fox', '"red" "fox"*'],
    ['a space ends the last word', 'red fox ', '"red" "fox"'],
    ['quoted words stay together', '"red fox" den ', '"red fox" "den"'],
    ['a quote ends the last word', 'den "red fox"', '"den" "red fox"'],
    ['a phrase without its closing quote is unfinished', 'den "red fo', '"den" "red fo"*'],
    ['typographic quotes are quotes', '“red fox” ', '"red fox"'],
    ['a minus excludes a word', 'fox -red', '"fox" NOT "red"'],
    [
      'exclusions come last, in whatever order they are typed',
      '-red fox -"old den" hill',
      '"fox" "hill"* NOT "red" NOT "old den"',
    ],
    ['a minus inside a word is part of it', 'well-known ', '"well-known"'],
    ['a lone minus is a word without letters', 'fox - den ', '"fox" "-" "den"'],
    ['words of FTS5 are ordinary words', 'a OR b AND NOT NEAR ', '"a" "OR" "b" "AND" "NOT" "NEAR"'],
    ['signs of FTS5 are ordinary signs', 'title:x ^y (z)* {w} ', '"title:x" "^y" "(z)*" "{w}"'],
    ['control characters separate', 'a\u0000b\nc ', '"a" "b" "c"'],
    ['half a surrogate pair separates', 'a\ud800b ', '"a" "b"'],
    ['an empty phrase is nothing', 'fox "" "  " ', '"fox"'],
  ])('%s', (_fact, text, expression) => {
    expect(toMatchExpression(text)).toBe(expression);
  });

  it.each(['', '   ', '""', '-fox', '-fox -"old den" ', '"', '“', '\u0000'])('looks for nothing given %j', (text) => {
    expect(toMatchExpression(text)).toBeUndefined();
  });

  it('cuts what nobody types', () => {
    expect(toMatchExpression('x '.repeat(100))?.split(' ')).toHaveLength(MAX_QUERY_TERMS);
    expect(toMatchExpression('x'.repeat(5_000))).toHaveLength(MAX_QUERY_CHARACTERS + '""*'.length);
  });
});

describeEachEngine('any input', (engine) => {
  const ALPHABET = [
    ...Array.from('abé中😀"“”\'-+*^:(){}[]|&,.;\\/~<>=@#$%!? \t\n\u0000\u0001\u0002\ue000'),
    '\ud800',
    '\udc00',
    'NEAR(',
    ' OR ',
    ' NOT ',
    ' AND ',
  ];

  it('is never a syntax error', () => {
    const index = indexWithOneNote(engine);
    const input = fc.oneof(
      fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'grapheme', maxLength: 2_000, minLength: 900 }),
    );
    fc.assert(
      fc.property(input, (text) => {
        expect(Array.isArray(index.search(text))).toBe(true);
      }),
      { numRuns: 1_500 },
    );
  });

  it('finds a text by any of its own words, as long as they have a letter', () => {
    const index = indexWithOneNote(engine);
    for (const text of [
      'naïve',
      'NAIVE',
      'naive cafe',
      '"naïve café" 42',
      'c++',
      'caf',
      '& naive +++',
      '-missing naive',
      '4',
    ]) {
      expect({ text, hits: index.search(text).length }).toEqual({ text, hits: 1 });
    }
    for (const text of ['nai ', 'missing', 'naive -cafe', '"café naïve"', '+++', '+++ -missing']) {
      expect({ text, hits: index.search(text).length }).toEqual({ text, hits: 0 });
    }
  });

  it('may be as long and as nested as somebody likes', () => {
    const index = indexWithOneNote(engine);
    expect(index.search('naive '.repeat(10_000))).toHaveLength(1);
    expect(index.search(`naive ${'-x '.repeat(10_000)}`)).toHaveLength(1);
    expect(index.search('"'.repeat(10_001))).toEqual([]);
  });
});

function indexWithOneNote(engine: EngineName): SearchIndex {
  const replica = openReplica({ path: ':memory:', engine });
  onTestFinished(() => replica.close());
  replica.db.insert(notes).values({ id: 'n', title: 'The naïve café, 42 C++' }).run();
  return new SearchIndex(replica.sqlite);
}
