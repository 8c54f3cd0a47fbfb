/** What is indexed: each kind, and what becomes of it. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { describeEachCloud } from '../cloud/testing/index.ts';
import { TestSearch, uuid } from './testing/test-search.ts';

const NOW = new Date('2026-01-01T00:00:00Z');

describeEachCloud('a document', (cloud) => {
  let home: TestSearch;
  beforeAll(async () => {
    home = await TestSearch.create(await cloud.open());
  });
  beforeEach(() => home.empty());

  async function indexed(): Promise<Record<string, unknown>[]> {
    return home.cloud.query('SELECT kind, title, body, project_id FROM sync.search_documents ORDER BY kind, id');
  }

  test('is each thing that people write, with its project', async () => {
    const project = uuid(9);
    await home.note(1, { title: 'Lisbon', project_id: project });
    await home.block(1, 11, { position: 'a1', text: 'second' });
    await home.block(1, 12, { position: 'a0', text: 'first' });
    await home.put('tags', { note_id: uuid(1), name: 'travel' }, { created_at: NOW });
    await home.put('chats', { id: uuid(2) }, { title: 'Trip', project_id: project });
    await home.put('messages', { id: uuid(3) }, { chat_id: uuid(2), content: 'Where to?' });
    await home.put('memories', { id: uuid(4) }, { content: 'likes trams', scope: 'project', scope_id: project });
    await home.put('memories', { id: uuid(5) }, { content: 'vegetarian', scope: 'user', scope_id: 'ann' });
    await home.put('files', { id: uuid(6) }, { path: 'src/main.ts', language: 'TypeScript', project_id: project });
    await home.put('entities', { id: uuid(7) }, { name: 'Tagus', description: 'a river' });
    await home.put('projects', { id: project }, { name: 'Journey', description: 'to Portugal' });
    await home.put('reminders', { id: uuid(8) }, { title: 'Book a room' });
    await home.index();
    expect(await indexed()).toEqual([
      { kind: 'chat', title: 'Trip', body: '', project_id: project },
      { kind: 'entity', title: 'Tagus', body: 'a river', project_id: null },
      { kind: 'file', title: 'src/main.ts', body: 'TypeScript', project_id: project },
      { kind: 'memory', title: '', body: 'likes trams', project_id: project },
      { kind: 'memory', title: '', body: 'vegetarian', project_id: null },
      { kind: 'message', title: '', body: 'Where to?', project_id: project },
      { kind: 'note', title: 'Lisbon', body: 'first\nsecond\n#travel', project_id: project },
      { kind: 'project', title: 'Journey', body: 'to Portugal', project_id: project },
      { kind: 'reminder', title: 'Book a room', body: '', project_id: null },
    ]);
    expect(await home.cloud.query('SELECT 1 FROM sync.search_queue')).toEqual([]);
  });

  test('follows what is edited, moved to the trash, restored and purged', async () => {
    await home.note(1, { title: 'Lisbon' });
    await home.block(1, 11, { text: 'trams and tiles' });
    await home.index();
    expect(await home.found('tiles ')).toEqual(['note 1']);
    await home.block(1, 11, { text: 'trams and hills' });
    await home.index();
    expect([await home.found('tiles '), await home.found('hills ')]).toEqual([[], ['note 1']]);
    await home.note(1, { deleted_at: NOW });
    await home.index();
    expect(await home.found('hills ')).toEqual([]);
    await home.note(1, { deleted_at: null });
    await home.index();
    expect(await home.found('hills ')).toEqual(['note 1']);
    await home.remove('notes', { id: uuid(1) });
    await home.index();
    expect(await indexed()).toEqual([]);
  });

  test('has the blocks of a note in the order of their bytes, however they are moved and removed', async () => {
    await home.note(1, {});
    for (const [number, position] of [
      [11, 'Zz'],
      [12, 'a0'],
      [13, 'a0V'],
    ] as const) {
      await home.block(1, number, { position, text: `block ${number}` });
    }
    await home.index();
    expect(await indexed()).toMatchObject([{ body: 'block 11\nblock 12\nblock 13' }]);
    await home.block(1, 11, { position: 'b0' });
    await home.remove('note_blocks', { note_id: uuid(1), id: uuid(12) });
    await home.index();
    expect(await indexed()).toMatchObject([{ body: 'block 13\nblock 11' }]);
  });

  test('waits for its note, when a block is there first', async () => {
    await home.block(1, 11, { text: 'early' });
    await home.index();
    expect(await indexed()).toEqual([]);
    await home.note(1, { title: 'late' });
    await home.index();
    expect(await home.found('early')).toEqual(['note 1']);
  });

  test('that is a message goes where its chat goes', async () => {
    const [one, other] = [uuid(8), uuid(9)];
    await home.put('messages', { id: uuid(3) }, { chat_id: uuid(2), content: 'Where to?' });
    await home.index();
    expect(await home.found('where ')).toEqual([]);
    await home.put('chats', { id: uuid(2) }, { title: 'Trip', project_id: one });
    await home.index();
    expect(await home.found('where ', { projectId: one })).toEqual(['message 3']);
    await home.put('chats', { id: uuid(2) }, { project_id: other });
    await home.index();
    expect(await home.found('where ', { projectId: one })).toEqual([]);
    expect(await home.found('where ', { projectId: other })).toEqual(['message 3']);
    expect((await home.search('where ')).hits[0]).toMatchObject({ title: 'Trip', titleSegments: [{ text: 'Trip' }] });
    await home.put('chats', { id: uuid(2) }, { deleted_at: NOW });
    await home.index();
    expect(await home.found('where ')).toEqual([]);
    await home.put('chats', { id: uuid(2) }, { deleted_at: null });
    await home.index();
    expect(await home.found('where ')).toEqual(['message 3']);
    await home.remove('chats', { id: uuid(2) });
    await home.index();
    expect(await indexed()).toEqual([]);
  });

  test('is read from a text of any length and any characters', async () => {
    await home.note(1, { title: 'x'.repeat(100_000) });
    await home.block(1, 11, { text: `needle ${'東京'.repeat(120_000)}` });
    await home.note(2, { title: "it's \\ 'quoted' & | ! <-> :* ()" });
    await home.block(2, 21, { text: Array.from({ length: 60_000 }, (_, i) => i.toString(36)).join(' ') });
    await home.index();
    expect(await home.found('needle')).toEqual(['note 1']);
    expect(await home.found('東京東 ')).toEqual(['note 1']);
    expect(await home.found('quoted it')).toEqual(['note 2']);
    expect(await home.found('"7ps 7pt"')).toEqual(['note 2']);
  });
});
