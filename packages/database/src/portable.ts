/** What a replica is, wherever it runs: everything but how it is opened. */
export type { ApplyResult, ChangesRead, ReadOptions } from './changes/change-store.ts';
export type { FormerValue } from './changes/former-values.ts';
export type { StoredCell, StoredClock, StoredRow } from './changes/stored-rows.ts';
export {
  keyHasTypes,
  MAX_COLUMN_CLOCK,
  MAX_DB_VERSION,
  packKey,
  SENTINEL,
  unpackKey,
  type Change,
  type KeyType,
  type SqlValue,
} from './changes/index.ts';
export type { Driver, EngineName, RowUpdate, Statement } from './engine/driver.ts';
export {
  DATABASE_ERRORS,
  DatabaseError,
  SqliteError,
  toDatabaseError,
  type DatabaseErrorCode,
  type FieldIssue,
} from './errors.ts';
export { Replica, type AnyReplica, type ReplicaEnvironment } from './replica/replica.ts';
export {
  defineReplicaSchema,
  type MergeableColumns,
  type Migration,
  type ReplicaSchema,
} from './schema/replica-schema.ts';
export { workspaceSchema, type WorkspaceTables } from './schema/workspace.ts';
export {
  blockSource,
  createRepositories,
  joinBlocks,
  parseBlocks,
  Repository,
  WORKSPACE_SETTINGS,
  type Agent,
  type ApiKey,
  type Attachment,
  type BlockContent,
  type Chat,
  type ChatWithMessages,
  type Device,
  type Entity,
  type EntityRelation,
  type Memory,
  type Message,
  type Note,
  type OpenTodo,
  type OrderBy,
  type Page,
  type PageQuery,
  type Project,
  type ProjectFile,
  type Reminder,
  type Repositories,
  type RowQuery,
  type StoredBlock,
  type TagCount,
  type Trash,
  type User,
  type View,
  type ViewSnapshot,
  type Where,
} from './repositories/index.ts';
export {
  SEARCH_KINDS,
  SearchIndex,
  type RefreshOptions,
  type SearchHit,
  type SearchKind,
  type SearchOptions,
  type SnippetSegment,
} from './search/index.ts';
