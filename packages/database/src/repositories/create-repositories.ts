import { AgentRepository } from './agent-repository.ts';
import { ApiKeyRepository } from './api-key-repository.ts';
import { AttachmentRepository } from './attachment-repository.ts';
import { ChatRepository } from './chat-repository.ts';
import { DeviceRepository } from './device-repository.ts';
import { EntityRepository } from './entity-repository.ts';
import { FileRepository } from './file-repository.ts';
import { MemoryRepository } from './memory-repository.ts';
import { MessageRepository } from './message-repository.ts';
import { NoteRepository } from './notes/note-repository.ts';
import { ProjectRepository } from './project-repository.ts';
import { RelationRepository } from './relation-repository.ts';
import { ReminderRepository } from './reminder-repository.ts';
import { SettingRepository } from './setting-repository.ts';
import { SnapshotRepository } from './snapshot-repository.ts';
import { TagRepository } from './tag-repository.ts';
import { UserRepository } from './user-repository.ts';
import { ViewRepository } from './view-repository.ts';
import { SearchIndex } from '../search/index.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type Repositories = ReturnType<typeof createRepositories>;

/**
 * Everything in a workspace, as typed data access.
 *
 * @example
 * const { notes, search, tags } = createRepositories(replica);
 * const note = notes.create({ title: 'Shopping', text: '- [ ] milk' });
 * tags.add(note.id, 'home');
 * search.search('mil', { kinds: ['note'] });
 */
export function createRepositories(replica: WorkspaceReplica) {
  const notes = new NoteRepository(replica);
  const chats = new ChatRepository(replica);
  const views = new ViewRepository(replica);
  return {
    users: new UserRepository(replica),
    devices: new DeviceRepository(replica),
    settings: new SettingRepository(replica),
    notes,
    tags: new TagRepository(replica, notes),
    entities: new EntityRepository(replica, notes),
    relations: new RelationRepository(replica),
    views,
    snapshots: new SnapshotRepository(replica, views),
    reminders: new ReminderRepository(replica),
    projects: new ProjectRepository(replica),
    files: new FileRepository(replica),
    attachments: new AttachmentRepository(replica),
    agents: new AgentRepository(replica),
    chats,
    messages: new MessageRepository(replica, chats),
    memories: new MemoryRepository(replica),
    apiKeys: new ApiKeyRepository(replica),
    /** Full-text search over all of them, or over some `kinds`. */
    search: new SearchIndex(replica.sqlite),
  };
}
