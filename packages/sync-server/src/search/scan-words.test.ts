import { describe, expect, test } from 'vitest';
import { MAX_WORD_CHARACTERS, scanWords } from './scan-words.ts';
import { wordVector } from './word-vector.ts';

describe('words', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['Kobe神戸市', ['kobe@0', '神戸@1', '戸市@2', '市@3']],
    ["don't foo-bar_baz", ['don@0', 't@1', 'foo@2', 'bar@3', 'baz@4']],
    ['CAFÉ Ελλάδα Ёлка', ['cafe@0', 'ελλαδα@1', 'елка@2']],
    ['한국어 검색', ['한국어@0', '검색@1']],
    ['ﬁne Ⅷ', ['fine@0', 'viii@1']],
    ['ラーメン', ['ラー@0', 'ーメ@1', 'メン@2', 'ン@3']],
    ['𠮷野家', ['𠮷野@0', '野家@1', '家@2']],
    ['a。b', ['a@0', 'b@1']],
    ["'\\&|!<->:*()\u0000", []],
  ])('of %j', (text, expected) => {
    expect([...scanWords(text)].map(({ word, place }) => `${word}@${place}`)).toEqual(expected);
  });

  test('say where they are in the text', () => {
    const text = 'Ein Café, 東京 ｶﾞﾗｽ';
    expect([...scanWords(text)].map(({ start, end }) => text.slice(start, end))).toEqual([
      'Ein',
      'Café',
      '東京',
      '京',
      'ｶﾞﾗｽ',
      'ｶﾞﾗｽ',
      'ｶﾞﾗｽ',
    ]);
  });

  test('are cut where they go on for ever, and never in the middle of a character', () => {
    const [{ word } = { word: '' }] = scanWords(`${'𝒳'.normalize('NFKC')}${'𐐨'.repeat(100)}`);
    expect(word.length).toBeLessThanOrEqual(MAX_WORD_CHARACTERS);
    expect(word.isWellFormed()).toBe(true);
  });
});

describe('the vector of a document', () => {
  test('has the words of its title twice', () => {
    expect(wordVector('Trams', 'of Lisbon')).toBe(`'trams':1A '^trams':1A 'of':51B 'lisbon':52B`);
  });

  test('keeps neighbours together beyond the last place that PostgreSQL knows', () => {
    const body = Array.from({ length: 20_000 }, (_, i) => i.toString(36)).join(' ');
    const places = new Map(
      wordVector('', body)
        .split(' ')
        .map((word) => [word.split(':')[0], word.split(':')[1]]),
    );
    expect([16_382, 16_383, 16_384].map((i) => places.get(`'${i.toString(36)}'`))).toEqual(['16383B', '1B', '2B']);
  });

  test('is bounded, whatever the text is', () => {
    const han = Array.from({ length: 100_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join(
      '',
    );
    for (const text of [han, 'a '.repeat(100_000), han.slice(0, 40_000).split('').join(' ')]) {
      expect(Buffer.byteLength(wordVector('', text))).toBeLessThan(3_000_000);
    }
  });
});
