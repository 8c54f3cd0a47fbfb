import { expect, it, onTestFinished } from 'vitest';
import type { EngineName } from '../engine/driver.ts';
import { openReplica } from '../replica/open-replica.ts';
import { chats, entities, files, memories, messages, noteBlocks, notes, projects } from '../schema/index.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { SEARCH_KINDS } from './indexed-kinds.ts';
import { SearchIndex } from './search-index.ts';

describeEachEngine('hits', (engine) => {
  it('are documents of every kind, by any of their texts', () => {
    const { db, found } = open(engine);
    db.insert(notes).values({ id: 'n', title: 'alpha' }).run();
    db.insert(noteBlocks).values({ noteId: 'n', id: 'b', text: 'beta' }).run();
    db.insert(chats).values({ id: 'c', title: 'gamma' }).run();
    db.insert(messages).values({ id: 'm', chatId: 'c', content: 'delta' }).run();
    db.insert(memories).values({ id: 'y', content: 'epsilon' }).run();
    db.insert(entities).values({ id: 'e', name: 'zeta', description: 'eta' }).run();
    db.insert(files).values({ id: 'f', path: 'src/theta.ts', language: 'iota' }).run();
    db.insert(projects).values({ id: 'p', name: 'kappa', description: 'lambda' }).run();
    const expected = {
      alpha: 'note n',
      beta: 'note n',
      gamma: 'chat c',
      delta: 'message m',
      epsilon: 'memory y',
      zeta: 'entity e',
      eta: 'entity e',
      theta: 'file f',
      iota: 'file f',
      src: 'file f',
      kappa: 'project p',
      lambda: 'project p',
    };
    expect(Object.fromEntries(Object.keys(expected).map((word) => [word, found(`${word} `).join()]))).toEqual(expected);
  });

  it('ignore case and accents', () => {
    const { db, found } = open(engine);
    db.insert(notes).values({ id: 'n', title: 'Crème BRÛLÉE' }).run();
    for (const text of ['creme', 'CRÈME', 'brulee', 'Brûlée']) expect(found(text)).toEqual(['note n']);
  });

  it('come with a match in the title before many in the body', () => {
    const { db, found } = open(engine);
    for (const [id, title, text] of [
      ['body', 'Notes', 'fox '.repeat(10)],
      ['title', 'The fox', 'nothing else'],
    ] as const) {
      db.insert(notes).values({ id, title }).run();
      db.insert(noteBlocks).values({ noteId: id, id: 'b', text }).run();
    }
    db.insert(notes)
      .values([...Array(20).keys()].map((n) => ({ id: `other ${n}`, title: 'Other' })))
      .run();
    expect(found('fox')).toEqual(['note title', 'note body']);
  });

  it('are in order of their score, and of equal scores the one edited last comes first', () => {
    const { db, index } = open(engine);
    db.insert(chats)
      .values([3, 9, 5].map((updatedAt) => ({ id: `c${updatedAt}`, title: 'fox', updatedAt })))
      .run();
    db.insert(chats).values({ id: 'long', title: 'fox and many other words', updatedAt: 100 }).run();
    const hits = index.search('fox');
    expect(hits.map(({ id }) => id)).toEqual(['c9', 'c5', 'c3', 'long']);
    expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).sort((a, b) => b - a));
    expect(hits.map(({ updatedAt }) => updatedAt)).toEqual([9, 5, 3, 100]);
  });

  it('can be of some kinds only', () => {
    const { db, found } = open(engine);
    db.insert(notes).values({ id: 'n', title: 'fox' }).run();
    db.insert(chats).values({ id: 'c', title: 'fox' }).run();
    db.insert(entities).values({ id: 'e', name: 'fox' }).run();
    expect(found('fox', { kinds: ['note'] })).toEqual(['note n']);
    expect(found('fox', { kinds: ['chat', 'entity'] }).sort()).toEqual(['chat c', 'entity e']);
    expect(found('fox', { kinds: [] })).toEqual([]);
    expect(found('fox', { kinds: SEARCH_KINDS })).toHaveLength(3);
  });

  it('can be of one project only, and a message is of its chat’s', () => {
    const { db, found, index } = open(engine);
    db.insert(projects)
      .values([
        { id: 'p', name: 'fox' },
        { id: 'q', name: 'fox' },
      ])
      .run();
    for (const projectId of ['p', 'q', null]) {
      db.insert(notes)
        .values({ id: `n-${projectId}`, title: 'fox', projectId })
        .run();
      db.insert(chats)
        .values({ id: `c-${projectId}`, title: 'fox', projectId })
        .run();
      db.insert(messages)
        .values({ id: `m-${projectId}`, chatId: `c-${projectId}`, content: 'fox' })
        .run();
      db.insert(files)
        .values({ id: `f-${projectId}`, path: 'fox', projectId })
        .run();
    }
    db.insert(memories).values({ id: 'y-p', content: 'fox', scope: 'project', scopeId: 'p' }).run();
    db.insert(memories).values({ id: 'y-user', content: 'fox', scope: 'user', scopeId: 'p' }).run();
    const ofP = ['chat c-p', 'file f-p', 'memory y-p', 'message m-p', 'note n-p', 'project p'];
    expect(found('fox', { projectId: 'p' }).sort()).toEqual(ofP);
    expect(index.search('fox', { projectId: 'p' }).every(({ projectId }) => projectId === 'p')).toBe(true);
    const ofNotes = index.search('fox', { kinds: ['note'] }).map(({ projectId }) => projectId);
    expect(new Set(ofNotes)).toEqual(new Set(['p', 'q', null]));
  });

  it('follow a chat to another project without being indexed again', () => {
    const { db, found, index } = open(engine);
    db.insert(chats).values({ id: 'c', title: 'den', projectId: 'p' }).run();
    db.insert(messages).values({ id: 'm', chatId: 'c', content: 'fox' }).run();
    expect(found('fox', { projectId: 'p' })).toEqual(['message m']);
    db.update(chats).set({ projectId: 'q' }).run();
    expect(index.pending()).toBe(0);
    expect(found('fox', { projectId: 'p' })).toEqual([]);
    expect(found('fox', { projectId: 'q' })).toEqual(['message m']);
  });

  it('come in pages', () => {
    const { db, index } = open(engine);
    db.insert(notes)
      .values([...Array(45).keys()].map((n) => ({ id: `n${n}`, title: 'fox' })))
      .run();
    expect(index.search('fox')).toHaveLength(20);
    const pages = [0, 10, 20, 30, 40].map((offset) => index.search('fox', { limit: 10, offset }));
    expect(pages.map((page) => page.length)).toEqual([10, 10, 10, 10, 5]);
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(45);
    expect(index.search('fox', { limit: 0 })).toEqual([]);
  });
});

describeEachEngine('what a hit shows', (engine) => {
  it('marks the matches in the title and in the body', () => {
    const { db, index } = open(engine);
    db.insert(notes).values({ id: 'n', title: 'A red fox' }).run();
    db.insert(noteBlocks).values({ noteId: 'n', id: 'b', text: 'Foxes sleep in a den' }).run();
    expect(index.search('fox')).toEqual([
      expect.objectContaining({
        title: 'A red fox',
        titleSegments: [
          { text: 'A red ', match: false },
          { text: 'fox', match: true },
        ],
        snippet: [
          { text: 'Foxes', match: true },
          { text: ' sleep in a den', match: false },
        ],
      }),
    ]);
  });

  it('is the part of a long body that has the matches', () => {
    const { db, index } = open(engine);
    db.insert(notes).values({ id: 'n', title: 'Den' }).run();
    const text = `${'before '.repeat(100)}the red fox${' after'.repeat(100)}`;
    db.insert(noteBlocks).values({ noteId: 'n', id: 'b', text }).run();
    const snippet = index.search('red fox')[0]?.snippet ?? [];
    expect(snippet.filter(({ match }) => match).map((segment) => segment.text)).toEqual(['red', 'fox']);
    const shown = snippet.map((segment) => segment.text).join('');
    expect(shown).toMatch(/^….*the red fox after.*…$/);
    expect(shown.length).toBeLessThan(200);
  });

  it('is the beginning of the body when only the title matches', () => {
    const { db, index } = open(engine);
    db.insert(notes).values({ id: 'n', title: 'Fox' }).run();
    db.insert(noteBlocks).values({ noteId: 'n', id: 'b', text: 'Sleeps in a den' }).run();
    expect(index.search('fox')[0]?.snippet).toEqual([{ text: 'Sleeps in a den', match: false }]);
  });

  it('has the blocks of a note in their order', () => {
    const { db, index, found } = open(engine);
    db.insert(notes).values({ id: 'n', title: 'Den' }).run();
    db.insert(noteBlocks)
      .values([
        { noteId: 'n', id: 'x', position: 'a2', text: 'last' },
        { noteId: 'n', id: 'z', position: 'a1', text: 'middle' },
        { noteId: 'n', id: 'y', position: 'a1', text: 'first' },
      ])
      .run();
    expect(index.search('den')[0]?.snippet).toEqual([{ text: 'first\nmiddle\nlast', match: false }]);
    expect(found('"middle last"')).toEqual(['note n']);
    db.update(noteBlocks).set({ position: 'a9' }).run();
    expect(found('"middle last"')).toEqual([]);
  });

  it('is titled by the chat for a message, and not at all for a memory', () => {
    const { db, index } = open(engine);
    db.insert(chats).values({ id: 'c', title: 'About the fox' }).run();
    db.insert(messages).values({ id: 'm', chatId: 'c', content: 'fox' }).run();
    db.insert(memories).values({ id: 'y', content: 'fox' }).run();
    const [message] = index.search('fox', { kinds: ['message'] });
    expect(message).toMatchObject({ title: 'About the fox', titleSegments: [{ text: 'About the fox', match: false }] });
    expect(index.search('fox', { kinds: ['memory'] })[0]).toMatchObject({ title: '', titleSegments: [] });
  });

  it('cannot be confused by marks, markup or a NUL in the text', () => {
    const { db, index } = open(engine);
    const text = '\u0001fake\u0002 <b>fox</b> \u0002\u0001';
    db.insert(notes).values({ id: 'n', title: text }).run();
    db.insert(noteBlocks)
      .values({ noteId: 'n', id: 'b', text: `${text}\u0000 fox` })
      .run();
    const [hit] = index.search('fox');
    for (const segments of [hit?.titleSegments ?? [], hit?.snippet ?? []]) {
      expect(segments.filter(({ match }) => match).map((segment) => segment.text)).toContain('fox');
      expect(segments.map((segment) => segment.text)).not.toContain('fake');
      expect(segments.map((segment) => segment.text).join('')).toMatch(/^ fake {2}<b>fox<\/b>/);
    }
  });
});

function open(engine: EngineName) {
  const replica = openReplica({ path: ':memory:', engine });
  onTestFinished(() => replica.close());
  const index = new SearchIndex(replica.sqlite);
  const found = (...query: Parameters<SearchIndex['search']>) =>
    index.search(...query).map(({ kind, id }) => `${kind} ${id}`);
  return { db: replica.db, index, found };
}
