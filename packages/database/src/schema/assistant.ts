import { index, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { count, flag, id, jsonList, jsonObject, reference, string, time, timestamps, trash } from './columns.ts';

export const agents = sqliteTable(
  'agents',
  {
    id: id(),
    name: string('name'),
    kind: text('kind').notNull().default('assistant'),
    description: string('description'),
    model: string('model'),
    instructions: string('instructions'),
    capabilities: jsonList<string>('capabilities'),
    settings: jsonObject('settings'),
    projectId: reference('project_id'),
    ...timestamps,
    ...trash,
  },
  (table) => [index('agents_by_project').on(table.projectId)],
);

export const chats = sqliteTable(
  'chats',
  {
    id: id(),
    title: string('title'),
    projectId: reference('project_id'),
    agentId: reference('agent_id'),
    model: text('model'),
    pinned: flag('pinned'),
    archivedAt: time('archived_at'),
    lastMessageAt: time('last_message_at'),
    ...timestamps,
    ...trash,
  },
  (table) => [
    index('chats_recent').on(table.deletedAt, table.lastMessageAt),
    index('chats_by_project').on(table.projectId, table.lastMessageAt),
  ],
);

export const MESSAGE_ROLES = ['user', 'assistant', 'system', 'tool'] as const;
export const MESSAGE_STATUSES = ['streaming', 'complete', 'failed'] as const;

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
  readonly result?: unknown;
}

/** Immutable once its status is no longer `streaming`. */
export const messages = sqliteTable(
  'messages',
  {
    id: id(),
    chatId: reference('chat_id'),
    /** The message this one answers; branches of a chat share their beginning. */
    parentId: reference('parent_id'),
    role: text('role', { enum: MESSAGE_ROLES }).notNull().default('user'),
    status: text('status', { enum: MESSAGE_STATUSES }).notNull().default('complete'),
    content: string('content'),
    toolCalls: jsonList<ToolCall>('tool_calls'),
    model: text('model'),
    inputTokens: count('input_tokens'),
    outputTokens: count('output_tokens'),
    metadata: jsonObject('metadata'),
    ...timestamps,
    ...trash,
  },
  (table) => [index('messages_by_chat').on(table.chatId, table.createdAt)],
);

export const MEMORY_KINDS = ['fact', 'preference', 'instruction', 'summary', 'event'] as const;
export const MEMORY_SCOPES = ['workspace', 'user', 'project', 'chat', 'agent'] as const;

/** What an assistant should know next time. */
export const memories = sqliteTable(
  'memories',
  {
    id: id(),
    kind: text('kind', { enum: MEMORY_KINDS }).notNull().default('fact'),
    scope: text('scope', { enum: MEMORY_SCOPES }).notNull().default('workspace'),
    scopeId: reference('scope_id'),
    content: string('content'),
    /** 0 to 1. */
    importance: real('importance').notNull().default(0.5),
    sourceMessageId: reference('source_message_id'),
    expiresAt: time('expires_at'),
    lastUsedAt: time('last_used_at'),
    ...timestamps,
    ...trash,
  },
  (table) => [index('memories_by_scope').on(table.scope, table.scopeId, table.importance)],
);

/** A key of an AI provider, one per member and provider. Encrypted on the device: only ciphertext is ever stored. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    userId: text('user_id').notNull(),
    provider: text('provider').notNull(),
    ciphertext: string('ciphertext'),
    /** The last characters in clear, so that people recognise the key. */
    hint: string('hint'),
    ...timestamps,
    ...trash,
  },
  (table) => [primaryKey({ columns: [table.userId, table.provider] })],
);
