import { sql } from 'drizzle-orm';
import { index, text } from 'drizzle-orm/pg-core';
import {
  count,
  flag,
  id,
  jsonList,
  jsonObject,
  member,
  provenance,
  real,
  reference,
  string,
  time,
} from '../columns.ts';
import { timestamps, trash, word, workspaceId } from '../columns.ts';
import { provenanceComments, timestampComments, trashComments, workspaceComments } from '../comments.ts';
import type { TableComments } from '../comments.ts';
import { readable } from '../readable.ts';
import { app } from '../schemas.ts';

/** Few per workspace: the key is index enough. */
export const agents = app.table(
  'agents',
  {
    workspaceId: workspaceId(),
    id: id(),
    name: string('name'),
    kind: word('kind', 'assistant'),
    description: string('description'),
    model: string('model'),
    instructions: string('instructions'),
    capabilities: jsonList('capabilities'),
    settings: jsonObject('settings'),
    projectId: reference('project_id'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => readable(table.workspaceId, table.id),
);

export const agentsComments: TableComments<typeof agents> = {
  table: 'AI agents that people have set up.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that created it.',
    name: 'What the agent is called.',
    kind: 'What it is for, in one word.',
    description: 'What it does.',
    model: 'The model it asks by default.',
    instructions: 'What it is told before every chat.',
    capabilities: 'What it may do: a list of names.',
    settings: 'How its model is to answer.',
    projectId: 'The project it works on; may be gone.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

export const chats = app.table(
  'chats',
  {
    workspaceId: workspaceId(),
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
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.id),
    // The latest chats, page by page.
    index('chats_recent')
      .on(table.workspaceId, table.lastMessageAt)
      .where(sql`deleted_at is null`),
    // The chats of a project.
    index('chats_by_project').on(table.workspaceId, table.projectId),
  ],
);

export const chatsComments: TableComments<typeof chats> = {
  table: 'Conversations with an AI. What was said is in messages.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that began it.',
    title: 'The title; empty where there is none yet.',
    projectId: 'The project it is about; may be gone.',
    agentId: 'The agent it is with; may be gone.',
    model: 'The model it asks, where it is not that of the agent.',
    pinned: 'Whether it is kept at the top of lists.',
    archivedAt: 'When it was archived; null for one that is not.',
    lastMessageAt: 'When its latest message was written; null for a chat without one.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

export const messages = app.table(
  'messages',
  {
    workspaceId: workspaceId(),
    id: id(),
    chatId: reference('chat_id'),
    parentId: reference('parent_id'),
    role: word('role', 'user'),
    status: word('status', 'complete'),
    content: string('content'),
    toolCalls: jsonList('tool_calls'),
    model: text('model'),
    inputTokens: count('input_tokens'),
    outputTokens: count('output_tokens'),
    metadata: jsonObject('metadata'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.id),
    // The messages of a chat, in their order.
    index('messages_by_chat').on(table.workspaceId, table.chatId, table.createdAt),
  ],
);

export const messagesComments: TableComments<typeof messages> = {
  table: 'The messages of chats. One whose status is not streaming no longer changes, apart from its metadata.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that wrote it.',
    chatId: 'The chat; may be gone.',
    parentId: 'The message it answers; branches of a chat share their beginning.',
    role: 'user, assistant, system or tool.',
    status: 'streaming, complete or failed.',
    content: 'What was said.',
    toolCalls: 'Tools that the model called: a list of id, name, arguments and result.',
    model: 'The model that wrote it.',
    inputTokens: 'Tokens that the model read.',
    outputTokens: 'Tokens that the model wrote.',
    metadata: 'What else is known about it, such as how somebody rated it.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

export const memories = app.table(
  'memories',
  {
    workspaceId: workspaceId(),
    id: id(),
    kind: word('kind', 'fact'),
    scope: word('scope', 'workspace'),
    /** Text, because it may name a member. */
    scopeId: member('scope_id'),
    content: string('content'),
    importance: real('importance', 0.5),
    sourceMessageId: reference('source_message_id'),
    expiresAt: time('expires_at'),
    lastUsedAt: time('last_used_at'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => [
    ...readable(table.workspaceId, table.id),
    // What is remembered about a member, a project, a chat or an agent. A hash index: a peer may have written a text too long for a B-tree.
    index('memories_by_scope').using('hash', table.scopeId),
  ],
);

export const memoriesComments: TableComments<typeof memories> = {
  table: 'What an assistant should know next time.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device that kept it.',
    kind: 'fact, preference, instruction, summary or event.',
    scope: 'What it is about: workspace, user, project, chat or agent.',
    scopeId: 'The member, project, chat or agent; null for the workspace. Text, for ids of members need not be UUIDs.',
    content: 'What is to be known.',
    importance: 'From 0 to 1.',
    sourceMessageId: 'The message it was learnt from; may be gone.',
    expiresAt: 'From when on it is no longer true; null for ever.',
    lastUsedAt: 'When an assistant last made use of it.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

export const apiKeys = app.table(
  'api_keys',
  {
    workspaceId: workspaceId(),
    userId: member('user_id').notNull(),
    provider: text('provider').notNull(),
    ciphertext: string('ciphertext'),
    hint: string('hint'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => readable(table.workspaceId, table.userId, table.provider),
);

export const apiKeysComments: TableComments<typeof apiKeys> = {
  table: 'Keys of AI providers, encrypted on the device: this server cannot read them.',
  columns: {
    ...workspaceComments,
    userId: 'The member whose key it is.',
    provider: 'The AI provider.',
    ciphertext: 'The encrypted key.',
    hint: 'The last characters in clear, so that people recognise the key.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};
