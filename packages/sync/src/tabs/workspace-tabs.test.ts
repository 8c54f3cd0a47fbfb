/** The whole of it as an app has it: the workspace's tables in a file, its repositories, drizzle on the page. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createRepositories,
  DatabaseError,
  openReplica,
  workspaceSchema,
  type Repositories,
} from '@tributary/database';
import { notes, tags } from '@tributary/database/schema';
import { count, desc, eq, isNull } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { defineCommands } from './commands.ts';
import { connectTabs } from './page/connect-tabs.ts';
import { createPageDatabase } from './page/page-database.ts';
import { FakeBrowser } from './testing/fake-browser.ts';
import { startTabWorker } from './worker/start-tab-worker.ts';

const commands = defineCommands<Repositories>()({
  createNote: ({ repositories }, input: { title: string; text: string }) => repositories.notes.create(input),
  renameNote: ({ repositories }, { id, title }: { id: string; title: string }) =>
    repositories.notes.update(id, { title }).title,
  trashNote: ({ repositories }, id: string) => repositories.notes.delete(id).deletedAt,
  tagNote: ({ repositories }, { id, tag }: { id: string; tag: string }) => repositories.tags.add(id, tag),
});

async function openWorkspace() {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-tabs-'));
  const browser = new FakeBrowser();
  const start = () => {
    const tab = browser.tab();
    const run = () =>
      startTabWorker(
        {
          database: 'workspace',
          open: async () => {
            const replica = openReplica({ path: path.join(directory, 'replica.db'), engine: 'wasm' });
            onTestFinished(() => {
              if (replica.sqlite.open) replica.close();
              rmSync(directory, { recursive: true, force: true });
            });
            return replica;
          },
          repositories: createRepositories,
          commands,
          search: ({ search }) => search,
        },
        tab.platform,
      );
    const { clock, newId } = tab;
    const startWorker = () => tab.startWorker(run);
    const tabs = connectTabs<typeof commands>({ database: 'workspace', startWorker, clock, newId });
    const db = createPageDatabase((sql, params) => tabs.query(sql, params), workspaceSchema.tables);
    return { tabs, db };
  };
  const [leader, page] = [start(), start()];
  await browser.pass();
  /** What the promise comes to, meanwhile time passes. */
  const settle = async <T>(promise: PromiseLike<T>): Promise<T> => {
    const [result] = await Promise.all([promise, browser.pass(50)]);
    return result;
  };
  return { browser, leader, settle, ...page };
}

test('commands run the repositories, with inferred inputs and results', async () => {
  const { tabs, settle } = await openWorkspace();
  const note = await settle(tabs.run('createNote', { title: 'Lisbon', text: 'Find flights.' }));
  expect(note).toMatchObject({ title: 'Lisbon', deletedAt: null });
  const title: string = await settle(tabs.run('renameNote', { id: note.id, title: 'Porto' }));
  expect(title).toBe('Porto');
  const refused = tabs.run('renameNote', { id: note.id, title: 'x'.repeat(100_000) });
  const error = await settle(refused.catch((reason: unknown) => reason));
  expect(error).toBeInstanceOf(DatabaseError);
  expect(error).toMatchObject({ code: 'invalid_input', issues: [{ field: 'title' }] });
  // @ts-expect-error -- there is no such command
  await expect(settle(tabs.run('nope', {}))).rejects.toMatchObject({ code: 'unknown_command' });
});

test('drizzle queries on the page are mapped as everywhere, once or live', async () => {
  const { browser, tabs, db, settle } = await openWorkspace();
  const query = db.select().from(notes).where(isNull(notes.deletedAt)).orderBy(desc(notes.updatedAt));
  const live = tabs.watch(query);
  expect(live.getSnapshot()).toBeUndefined();
  const seen: (string[] | undefined)[] = [];
  live.subscribe(() => seen.push(live.getSnapshot()?.map(({ title }) => title)));
  const note = await settle(tabs.run('createNote', { title: 'Lisbon', text: '' }));
  await settle(tabs.run('tagNote', { id: note.id, tag: 'travel' }));
  expect(seen).toEqual([[], ['Lisbon']]);
  expect(live.getSnapshot()).toEqual(await settle(query));
  expect(live.getSnapshot()?.[0]?.pinned).toBe(false);
  expect(live.getSnapshot()).toBe(live.getSnapshot());

  const joined = db.select({ note: notes, tag: tags.name }).from(notes).leftJoin(tags, eq(tags.noteId, notes.id));
  expect(await settle(joined)).toMatchObject([{ note: { title: 'Lisbon' }, tag: 'travel' }]);
  const related = db.query.notes.findMany({ with: { tags: true } });
  const liveRelated = tabs.watch(related);
  const stop = liveRelated.subscribe(() => {});
  await browser.pass();
  expect(liveRelated.getSnapshot()).toMatchObject([{ title: 'Lisbon', tags: [{ name: 'travel' }] }]);
  expect(liveRelated.getSnapshot()).toEqual(await settle(related));
  const firstOnly = tabs.watch(db.query.notes.findFirst());
  firstOnly.subscribe(() => {});
  await browser.pass();
  expect(firstOnly.getSnapshot()).toMatchObject({ title: 'Lisbon' });
  expect(await settle(db.select({ n: count() }).from(notes).get())).toEqual({ n: 1 });
  expect(await settle(db.select().from(notes).where(eq(notes.id, 'none')).get())).toBeUndefined();
  stop();
});

test('what would write is refused on the page, in words for people', async () => {
  const { db } = await openWorkspace();
  for (const name of ['insert', 'update', 'delete', 'run', 'transaction', 'batch']) {
    const write = Reflect.get(db, name) as () => unknown;
    expect(() => write()).toThrow(expect.objectContaining({ code: 'read_only' }));
  }
  // @ts-expect-error -- nor does it compile
  expect(() => db.insert(notes)).toThrow('by commands');
});

test('search finds what any tab wrote a moment ago', async () => {
  const { leader, tabs, settle } = await openWorkspace();
  await settle(leader.tabs.run('createNote', { title: 'Lisbon', text: 'Find flights.' }));
  expect(await settle(tabs.search('fligh'))).toMatchObject([{ kind: 'note', title: 'Lisbon' }]);
  expect(await settle(tabs.search('fligh', { kinds: ['chat'] }))).toEqual([]);
});

test('undo takes back what this tab did, in whole commands, and redo does it again', async () => {
  const { leader, tabs, db, settle } = await openWorkspace();
  const all = () => settle(db.select({ title: notes.title, isTrashed: notes.deletedAt }).from(notes));
  const note = await settle(tabs.run('createNote', { title: 'Lisbon', text: '- [ ] fly\n- [ ] eat' }));
  await settle(tabs.run('trashNote', note.id));
  await settle(leader.tabs.run('createNote', { title: 'of another tab', text: '' }));
  expect(tabs.undoStack.getSnapshot()).toEqual({ undo: 'trashNote', redo: undefined });

  expect(await settle(tabs.undoStack.undo())).toEqual({ label: 'trashNote', skipped: [] });
  expect(await all()).toContainEqual({ title: 'Lisbon', isTrashed: null });
  await settle(tabs.undoStack.undo());
  expect(await all()).toEqual([{ title: 'of another tab', isTrashed: null }]);
  expect(await settle(tabs.query('SELECT count(*) FROM note_blocks'))).toEqual([[0]]);
  expect(await settle(tabs.undoStack.undo())).toBeUndefined();

  await settle(tabs.undoStack.redo());
  expect(await all()).toContainEqual({ title: 'Lisbon', isTrashed: null });
  expect(await settle(tabs.query('SELECT count(*) FROM note_blocks'))).toEqual([[2]]);
  expect(tabs.undoStack.getSnapshot()).toEqual({ undo: 'createNote', redo: 'trashNote' });
  await settle(tabs.run('renameNote', { id: note.id, title: 'Porto' }));
  expect(tabs.undoStack.getSnapshot()).toEqual({ undo: 'renameNote', redo: undefined });
  await settle(tabs.apply('renameNote', { id: note.id, title: 'Faro' }, { isUndoable: false }));
  await settle(tabs.apply('renameNote', { id: note.id, title: 'Braga' }, { label: 'Rename “Braga”' }));
  expect(tabs.undoStack.getSnapshot().undo).toBe('Rename “Braga”');
});
