/** Typed data access on a replica of the workspace: `createRepositories(replica)`. */
export { createRepositories, type Repositories } from './create-repositories.ts';
export {
  Repository,
  type FindOptions,
  type NewRow,
  type Patch,
  type RepositoryOptions,
  type Row,
  type RowPatch,
  type RowTable,
} from './repository.ts';
export type { CountQuery, Page, PageQuery, RowQuery, Trash } from './row-query.ts';
export type { FieldConditions, Where } from './row-filter.ts';
export type { Direction, OrderBy } from './row-order.ts';
export type { FieldRules } from './table-input.ts';
export type { WorkspaceReplica } from './workspace-replica.ts';
export { MAX_TEXT_BYTES, MAX_TITLE_LENGTH } from './field-rules.ts';
export { blockSource, joinBlocks, parseBlocks, type BlockContent, type BlockKind } from './notes/note-text.ts';
export type { StoredBlock } from './notes/block-diff.ts';
export { AgentRepository, type Agent } from './agent-repository.ts';
export { ApiKeyRepository, type ApiKey, type NewApiKey } from './api-key-repository.ts';
export { AttachmentRepository, type Attachment, type AttachmentOwner } from './attachment-repository.ts';
export { ChatRepository, type Chat, type ChatWithMessages, type RecentChatsQuery } from './chat-repository.ts';
export { DeviceRepository, type Device } from './device-repository.ts';
export { EntityRepository, type Entity } from './entity-repository.ts';
export { FileRepository, type ProjectFile } from './file-repository.ts';
export { MemoryRepository, type Memory, type RelevantMemoriesQuery } from './memory-repository.ts';
export { MessageRepository, type Message, type MessageEnding } from './message-repository.ts';
export {
  MAX_NOTE_BLOCKS,
  MAX_NOTE_BYTES,
  NoteRepository,
  type Note,
  type OpenTodo,
  type TodoQuery,
} from './notes/note-repository.ts';
export { ProjectRepository, type Project } from './project-repository.ts';
export { RelationRepository, type EntityRelation } from './relation-repository.ts';
export { ReminderRepository, type Reminder } from './reminder-repository.ts';
export { SettingRepository, WORKSPACE_SETTINGS } from './setting-repository.ts';
export { SnapshotRepository, type ViewSnapshot } from './snapshot-repository.ts';
export { TagRepository, type TagCount } from './tag-repository.ts';
export { UserRepository, type User } from './user-repository.ts';
export { ViewRepository, type View } from './view-repository.ts';
