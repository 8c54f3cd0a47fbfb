import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRepositories } from '../repositories/index.ts';
import { openReplica } from '../replica/open-replica.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { separateIdeographs, withoutSeparators } from './indexable-text.ts';

it('takes nothing from a text and adds nothing that stays', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      expect(withoutSeparators(separateIdeographs(text))).toBe(withoutSeparators(text));
    }),
  );
});

it('leaves text that is written with spaces as it is', () => {
  for (const text of ['plain words', 'здравствуй, мир', '한국어 검색', 'ὦ κόσμε']) {
    expect(separateIdeographs(text)).toBe(text);
  }
});

describeEachEngine('Chinese and Japanese', (engine) => {
  function open() {
    const replica = openReplica({ path: ':memory:', engine });
    const { notes, search } = createRepositories(replica);
    notes.create({ title: '東京タワー', text: '来週、東京駅で会いましょう。\n北京烤鸭很好吃' });
    notes.create({ title: 'Kyoto 京都', text: 'An English note' });
    const titles = (text: string) => search.search(text).map(({ title }) => title);
    return { replica, search, titles };
  }

  it('are found inside a run, as a word or a part of one', () => {
    const { replica, titles } = open();
    expect(titles('東京')).toEqual(['東京タワー']);
    expect(titles('烤鸭')).toEqual(['東京タワー']);
    expect(titles('タワ')).toEqual(['東京タワー']);
    expect(titles('京')).toHaveLength(2);
    expect(titles('京都 English')).toEqual(['Kyoto 京都']);
    replica.close();
  });

  it('are not found where the characters stand in another order, or apart', () => {
    const { replica, titles } = open();
    expect(titles('京東')).toEqual([]);
    expect(titles('東駅')).toEqual([]);
    replica.close();
  });

  it('are shown as they were written, with the match marked whole', () => {
    const { replica, search } = open();
    const [hit] = search.search('東京駅');
    expect(hit?.title).toBe('東京タワー');
    expect(hit?.snippet.filter(({ match }) => match)).toEqual([{ text: '東京駅', match: true }]);
    expect(hit?.snippet.map(({ text }) => text).join('')).toContain('来週、東京駅で会いましょう。');
    replica.close();
  });
});
