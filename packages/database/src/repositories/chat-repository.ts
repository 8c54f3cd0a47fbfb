import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { attachments, chats, messages } from '../schema/index.ts';
import { idField, limitField, titleField } from './field-rules.ts';
import { parseInput } from './input.ts';
import { Repository, type Row } from './repository.ts';
import * as rule from './rule.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type Chat = Row<typeof chats>;

export interface ChatWithMessages extends Chat {
  /** In their order, without the trash. */
  readonly messages: readonly Row<typeof messages>[];
}

export interface RecentChatsQuery {
  readonly projectId?: string;
  /** 50 by default. */
  readonly limit?: number;
}

export class ChatRepository extends Repository<typeof chats> {
  constructor(replica: WorkspaceReplica) {
    super(replica, { table: chats, rules: { title: titleField } });
  }

  withMessages(chatId: string): ChatWithMessages {
    const chat = this.getById(chatId);
    const rows = this.read(() =>
      this.replica.db
        .select()
        .from(messages)
        .where(and(eq(messages.chatId, chatId), isNull(messages.deletedAt)))
        .orderBy(messages.createdAt, messages.id)
        .all(),
    );
    return { ...chat, messages: rows };
  }

  /** Not archived, by the latest message; a chat without one stands where it was created. */
  findRecent(query: RecentChatsQuery = {}): Chat[] {
    const { projectId, limit } = parseInput(recentQuery, query, 'the query');
    const isOfProject = projectId === undefined ? undefined : eq(chats.projectId, projectId);
    return this.read(() =>
      this.replica.db
        .select()
        .from(chats)
        .where(and(isNull(chats.deletedAt), isNull(chats.archivedAt), isOfProject))
        .orderBy(desc(sql`coalesce(${chats.lastMessageAt}, ${chats.createdAt})`), desc(chats.id))
        .limit(limit)
        .all(),
    );
  }

  /** A chat that is archived keeps its time. */
  archive(id: string): Chat {
    return this.setTimeOnce(id, 'archivedAt');
  }

  unarchive(id: string): Chat {
    return this.update(id, { archivedAt: null });
  }

  /** Records when a message was written, unless a later one is known. */
  touch(id: string, messageAt: number): Chat {
    return this.transaction('update', () => {
      const { lastMessageAt } = this.getById(id);
      return this.stamp(id, { lastMessageAt: Math.max(messageAt, lastMessageAt ?? 0) });
    });
  }

  protected override purgeBelongings(id: string): void {
    const { db } = this.replica;
    const ids = db.select({ id: messages.id }).from(messages).where(eq(messages.chatId, id));
    db.delete(attachments)
      .where(and(eq(attachments.ownerKind, 'message'), inArray(attachments.ownerId, ids)))
      .run();
    db.delete(messages).where(eq(messages.chatId, id)).run();
  }
}

const recentQuery = rule.object({ projectId: rule.optional(idField), limit: rule.withDefault(limitField, 50) });
