import { expect, test } from 'vitest';
import { openTestWorkspace } from '../testing/test-workspace.ts';

test('what any repository writes is found, of all kinds or of one', () => {
  const workspace = openTestWorkspace();
  const { notes, projects, chats, messages, memories, entities, files, search } = workspace;
  const project = projects.create({ name: 'Harbour' });
  notes.create({ title: 'Walk', text: 'along the harbour wall' });
  const chat = chats.create({ title: 'Travel' });
  messages.append(chat.id, { role: 'user', content: 'Which harbour is nearest?' });
  memories.create({ content: 'Lives by the harbour' });
  entities.create({ name: 'Harbour master' });
  files.upsertByPath(project.id, 'docs/harbour.md', {});

  const kinds = search.search('harbour').map(({ kind }) => kind);
  expect(kinds.toSorted()).toEqual(['entity', 'file', 'memory', 'message', 'note', 'project']);
  expect(search.search('harb', { kinds: ['project'] }).map(({ id }) => id)).toEqual([project.id]);
  projects.delete(project.id);
  expect(search.search('harbour', { kinds: ['project'] })).toEqual([]);
  workspace.replica.close();
});
