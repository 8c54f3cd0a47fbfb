/** What is found: the syntax, the order, the languages, mistakes, pages. */
import { beforeAll, describe, expect, test } from 'vitest';
import { describeEachCloud } from '../cloud/testing/index.ts';
import { TestSearch, uuid } from './testing/test-search.ts';

const OLD = new Date('2020-01-01T00:00:00Z');
const NEW = new Date('2026-06-01T00:00:00Z');

describeEachCloud('a search', (cloud) => {
  let home: TestSearch;
  beforeAll(async () => {
    home = await TestSearch.create(await cloud.open());
    const notes: readonly (readonly [number, string, string])[] = [
      [1, 'Trams of Lisbon', 'Line 28 climbs to the castle'],
      [2, 'Shopping', 'bread, butter and a ticket for Lisbon'],
      [3, 'Café Zürich', 'naïve façade'],
      [4, '東京タワー', '昨日は東京タワーに行きました。ラーメンを食べた。'],
      [5, '北京', '我们在北京大学学习中文'],
      [6, 'Straße', 'foo-bar_baz user@example.com https://a.example/path'],
      [7, '<b>bold</b> & <script>', '<script>alert("x")</script> hostile & co'],
      [8, 'ＦＵＬＬ width', 'ｶﾞﾗｽ ไทยแลนด์'],
    ];
    for (const [number, title, text] of notes) {
      await home.note(number, { title, updated_at: OLD });
      await home.block(number, number + 100, { text });
    }
    await home.note(20, { title: 'Twin', updated_at: OLD });
    await home.note(21, { title: 'Twin', updated_at: NEW });
    await home.put('files', { id: uuid(30) }, { path: 'src/app/lisbon.ts', project_id: uuid(9) });
    await home.in('away').note(40, { title: 'Lisbon of others' });
    await home.index();
    await home.cloud.execute('ANALYZE sync.search_documents');
  });

  test.each<[string, string[]]>([
    ['castle', ['note 1']],
    ['cast', ['note 1']],
    ['cast ', []],
    ['lisbon bread', ['note 2']],
    ['lisbon -bread -trams', ['file 30']],
    ['"of lisbon"', ['note 1']],
    ['“of lisbon”', ['note 1']],
    ['"lisbon of"', []],
    ['castle or butter', ['note 1', 'note 2']],
    ['or', []],
    ['-lisbon', []],
    ['castle or -x', ['note 1']],
    ['cafe zurich', ['note 3']],
    ['CAFÉ', ['note 3']],
    ['cafe\u0301', ['note 3']],
    ['facade', ['note 3']],
    ['foo-bar', ['note 6']],
    ['bar-foo', []],
    ['example.com', ['note 6']],
    ['app/lisbon.t', ['file 30']],
    ['full', ['note 8']],
    ['li', ['note 1', 'file 30']],
    ['', []],
    ['   ', []],
  ])('for %j finds %j', async (q, expected) => {
    expect((await home.found(q)).sort()).toEqual(expected.toSorted());
  });

  test.each<[string, string[]]>([
    ['東京', ['note 4']],
    ['タワー', ['note 4']],
    ['東京タワーに', ['note 4']],
    ['京', ['note 4', 'note 5']],
    ['京 ', ['note 4', 'note 5']],
    ['大学', ['note 5']],
    ['大学 中文', ['note 5']],
    ['東大', []],
    ['"京東"', []],
    ['-東京 京', ['note 5']],
    ['ガラス', ['note 8']],
    ['แลนด์', ['note 8']],
  ])('finds %j inside a text without spaces', async (q, expected) => {
    expect((await home.found(q)).sort()).toEqual(expected);
  });

  test('has what it says in its title first, and of equals the latest', async () => {
    expect(await home.found('lisbon', { kinds: ['note'] })).toEqual(['note 1', 'note 2']);
    expect(await home.found('twin')).toEqual(['note 21', 'note 20']);
  });

  test('is only in the kinds, the project and the workspaces that it is told', async () => {
    expect(await home.found('lisbon', { kinds: ['file'] })).toEqual(['file 30']);
    expect(await home.found('lisbon', { projectId: uuid(9) })).toEqual(['file 30']);
    expect(await home.found('lisbon', { projectId: `x' OR true --` })).toEqual([]);
    expect(await home.in('away').found('lisbon')).toEqual(['note 40']);
    expect(await home.found('lisbon', { workspaceIds: [] })).toEqual([]);
    expect(await home.found('lisbon', { workspaceIds: ['home', 'away'] })).toHaveLength(4);
    expect(await home.found('others', { workspaceIds: [`home','away`, '%', '*'] })).toEqual([]);
  });

  test('marks what was found, and never makes it markup', async () => {
    const { hits } = await home.search('script hostile');
    expect(hits[0]).toMatchObject({
      titleSegments: [
        { text: '<b>bold</b> & <', match: false },
        { text: 'script', match: true },
        { text: '>', match: false },
      ],
      snippet: [
        { text: '<', match: false },
        { text: 'script', match: true },
        { text: '>alert("x")</', match: false },
        { text: 'script', match: true },
        { text: '> ', match: false },
        { text: 'hostile', match: true },
        { text: ' & co', match: false },
      ],
    });
    const [tokyo] = (await home.search('タワ')).hits;
    expect(tokyo?.titleSegments).toEqual([
      { text: '東京', match: false },
      { text: 'タワ', match: true },
      { text: 'ー', match: false },
    ]);
  });

  test('shows pages that neither repeat nor leave out, while others write', async () => {
    const many = home.in('many');
    for (let number = 0; number < 25; number++) {
      await many.note(1000 + number, { title: `Page ${number % 3}`, updated_at: OLD });
    }
    await many.index();
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const result = await many.search('page', { limit: 7, cursor });
      seen.push(...result.hits.map(({ id }) => id));
      cursor = result.cursor;
      await many.note(2000 + pages++, { title: 'Page page page page', updated_at: NEW });
      await many.index();
    } while (cursor !== undefined);
    expect([pages, new Set(seen).size, seen.length]).toEqual([4, 25, 25]);
  });

  test('refuses a cursor that is not its own', async () => {
    const { cursor } = await home.search('lisbon', { limit: 1 });
    expect(cursor).toBeDefined();
    const forged = [
      ['lisbon', `${cursor}x`.slice(3)],
      ['other', cursor],
      ['lisbon', ''],
      ['lisbon', 'x'.repeat(10_000)],
      ['lisbon', Buffer.from('[]').toString('base64url')],
      ['lisbon', Buffer.from('[null]').toString('base64url')],
    ] as const;
    for (const [q, text] of forged) {
      await expect(home.search(q, { cursor: text, limit: 1 })).rejects.toMatchObject({ code: 'request_invalid' });
    }
  });

  test.each([
    ['ten megabytes', 'lisbon '.repeat(1_500_000)],
    ['a thousand words', Array.from({ length: 1_000 }, (_, i) => `w${i}`).join(' ')],
    ['nothing but operators', '& | ! <-> :* ( ) \' " \\ -- ; /* */ " - -- -" or or OR'],
    ['the syntax of tsquery', `lisbon':* | 'x' <-> !(a) <3> b:ABCD`],
    ['a quote that does not end', '"of lisbon'],
    ['U+0000', 'lis\0bon'],
    ['half a surrogate pair', 'lisbon\ud800 \udc00x'],
    ['SQL', `'; DROP TABLE sync.search_documents; --`],
    ['wildcards', '% _ * ? lisbon%'],
    ['letters that go on for ever', 'a'.repeat(1_000_000)],
    ['marks on nothing', '\u0301\u0301\u0301'],
    ['one letter', 'a'],
    ['compatible forms that are several words', '\ufdfa ㍿ ½ ﬁ ǆ'],
  ])('takes %s for what it is', async (_, q) => {
    const { hits } = await home.search(q);
    expect(hits.length).toBeLessThan(20);
    expect(await home.found('castle')).toEqual(['note 1']);
  });

  test('tells how far the index has come', async () => {
    const busy = home.in('busy');
    expect((await busy.search('x')).indexedUntil).toBeUndefined();
    await busy.note(1, { title: 'x' });
    expect(Date.parse((await busy.search('x')).indexedUntil ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect((await home.search('x')).indexedUntil).toBeUndefined();
    await busy.index();
  });
});

describeEachCloud('a word that is misspelled', (cloud) => {
  let home: TestSearch;
  beforeAll(async () => {
    home = await TestSearch.create(await cloud.open());
    await home.note(1, { title: 'Conference in Lisbon' });
    await home.note(2, { title: 'Shopping list' });
    await home.in('away').note(3, { title: 'Conference of others' });
    await home.index();
  });

  test.each(['conferense', 'confrence', 'Conferrence', 'conference lisbn', 'lisbom', 'cofnerence'])(
    'finds titles that are alike: %s',
    async (q) => {
      const { hits, fuzzy } = await home.search(`${q} `);
      expect([fuzzy, hits.map(({ id }) => id)]).toEqual([true, [uuid(1)]]);
    },
  );

  test('comes after what is spelled so, and once', async () => {
    await home.note(4, { title: 'Konferenz, conferense' });
    await home.index();
    expect(await home.found('conferense ')).toEqual(['note 4', 'note 1']);
  });

  describe('without pg_trgm', () => {
    test('finds nothing, and says so', async () => {
      await home.cloud.execute('DROP EXTENSION pg_trgm CASCADE');
      expect(await home.search('confrence ')).toMatchObject({ hits: [], fuzzy: false });
      expect(await home.search('conference')).toMatchObject({ hits: [{ id: uuid(1) }], fuzzy: false });
    });
  });
});
