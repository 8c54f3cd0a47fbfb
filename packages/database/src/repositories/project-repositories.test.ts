import { describe, expect, test } from 'vitest';
import { columnsWrittenBy, openTestWorkspace } from '../testing/test-workspace.ts';

describe('projects', () => {
  const workspace = openTestWorkspace();
  const { projects, notes, chats, files, attachments, clock } = workspace;

  test('that are active come by their latest edit', () => {
    const [one, two, three] = ['one', 'two', 'three'].map((name) => {
      clock.now++;
      return projects.create({ name });
    });
    projects.archive(two!.id);
    clock.now++;
    projects.update(one!.id, { description: 'edited' });
    expect(projects.findActive().map(({ name }) => name)).toEqual(['one', 'three']);
    projects.delete(three!.id);
    expect(projects.findActive().map(({ name }) => name)).toEqual(['one']);
  });

  test('are found by their path, the older one of two', () => {
    const first = projects.create({ name: 'a', path: '/home/ada/site' });
    clock.now++;
    const second = projects.create({ name: 'b', path: '/home/ada/site' });
    expect(projects.findByPath('/home/ada/site')).toEqual(first);
    projects.delete(first.id);
    expect(projects.findByPath('/home/ada/site')).toEqual(second);
    expect(projects.findByPath('/elsewhere')).toBeUndefined();
  });

  test('record when they are opened, which is no edit', () => {
    const { id } = projects.create({ name: 'a' });
    clock.now++;
    expect(columnsWrittenBy(workspace, () => projects.touch(id))).toEqual(['projects.last_opened_at']);
  });

  test('leave their notes and chats alone when purged, and take files and attachments along', () => {
    const { id } = projects.create({ name: 'a' });
    const [note, chat] = [notes.create({ projectId: id }), chats.create({ projectId: id })];
    files.create({ projectId: id, path: 'a.ts' });
    attachments.create({ ownerKind: 'project', ownerId: id, name: 'logo.svg', contentHash: 'h' });
    const columns = columnsWrittenBy(workspace, () => projects.purge(id));
    expect(columns).toEqual(['attachments.-1', 'files.-1', 'projects.-1']);
    expect([notes.getById(note.id).projectId, chats.getById(chat.id).projectId]).toEqual([id, id]);
  });
});

describe('files', () => {
  const workspace = openTestWorkspace();
  const { files, clock } = workspace;

  test('are one per project and path', () => {
    const created = files.upsertByPath('p', 'src/a.ts', { contentHash: 'h1', sizeBytes: 10, language: 'ts' });
    expect(created).toMatchObject({ projectId: 'p', path: 'src/a.ts', contentHash: 'h1' });
    clock.now++;
    const columns = columnsWrittenBy(workspace, () =>
      files.upsertByPath('p', 'src/a.ts', { contentHash: 'h2', sizeBytes: 10 }),
    );
    expect(columns).toEqual(['files.content_hash', 'files.updated_at']);
    expect(files.upsertByPath('q', 'src/a.ts').id).not.toBe(created.id);
    expect(files.findByPath('p', 'src/a.ts')).toMatchObject({ id: created.id, contentHash: 'h2', language: 'ts' });
  });

  test('that are scanned again unchanged write nothing', () => {
    files.upsertByPath('p', 'same', { contentHash: 'h' });
    clock.now++;
    expect(columnsWrittenBy(workspace, () => files.upsertByPath('p', 'same', { contentHash: 'h' }))).toEqual([]);
  });

  test('come back out of the trash when their path does', () => {
    const { id } = files.upsertByPath('p', 'back');
    files.delete(id);
    expect(files.findByPath('p', 'back')).toBeUndefined();
    expect(files.upsertByPath('p', 'back', { sizeBytes: 3 })).toMatchObject({ id, deletedAt: null, sizeBytes: 3 });
  });

  test('of two rows for a path the older one is meant', () => {
    const first = files.create({ projectId: 'p', path: 'twice' });
    clock.now++;
    files.create({ projectId: 'p', path: 'twice' });
    expect(files.upsertByPath('p', 'twice', { sizeBytes: 9 }).id).toBe(first.id);
  });

  test.each([
    ['an empty path', () => files.upsertByPath('p', '')],
    ['a path too long', () => files.upsertByPath('p', 'x'.repeat(4_097))],
    ['no project', () => files.upsertByPath('', 'a')],
    ['an unknown fact', () => files.upsertByPath('p', 'a', { contents: 'x' } as object)],
  ])('are refused: %s', (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});

test('attachments of an owner come by age', () => {
  const { attachments, clock } = openTestWorkspace();
  for (const name of ['b.png', 'a.png']) {
    attachments.create({ ownerKind: 'note', ownerId: 'n', name, contentHash: name, mime: 'image/png' });
    clock.now++;
  }
  attachments.create({ ownerKind: 'message', ownerId: 'n', name: 'c', contentHash: 'c' });
  expect(attachments.of('note', 'n').map(({ name }) => name)).toEqual(['b.png', 'a.png']);
  expect(attachments.of('message', 'n')[0]?.mime).toBe('application/octet-stream');
});
