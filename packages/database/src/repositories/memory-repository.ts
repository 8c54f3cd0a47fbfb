import { and, desc, eq, gt, isNull, or } from 'drizzle-orm';
import { memories, MEMORY_SCOPES } from '../schema/index.ts';
import { contentField, idField, limitField } from './field-rules.ts';
import { parseInput } from './input.ts';
import { Repository, type Row } from './repository.ts';
import * as rule from './rule.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type Memory = Row<typeof memories>;

export interface RelevantMemoriesQuery {
  readonly scope: Memory['scope'];
  /** The member, project, chat or agent; absent for the workspace's memories. */
  readonly scopeId?: string;
  /** 20 by default. */
  readonly limit?: number;
}

/** What assistants should know next time. */
export class MemoryRepository extends Repository<typeof memories, 'content'> {
  constructor(replica: WorkspaceReplica) {
    super(replica, {
      table: memories,
      rules: { content: contentField, importance: rule.optional(rule.number({ min: 0, max: 1 })) },
    });
  }

  /** Not expired, the most important first; of equal ones the most recently used. */
  relevant(query: RelevantMemoriesQuery): Memory[] {
    const { scope, scopeId, limit } = parseInput(relevantQuery, query, 'the query');
    const isOfScope = scopeId === undefined ? isNull(memories.scopeId) : eq(memories.scopeId, scopeId);
    const isCurrent = or(isNull(memories.expiresAt), gt(memories.expiresAt, this.replica.now()));
    return this.read(() =>
      this.replica.db
        .select()
        .from(memories)
        .where(and(isNull(memories.deletedAt), eq(memories.scope, scope), isOfScope, isCurrent))
        .orderBy(desc(memories.importance), desc(memories.lastUsedAt), desc(memories.id))
        .limit(limit)
        .all(),
    );
  }

  /** The longest expired first. */
  expired(now = this.replica.now()): Memory[] {
    return this.findMany({ where: { expiresAt: { lte: now } }, orderBy: { expiresAt: 'asc' } });
  }

  /** Records that the memory is used now. */
  touch(id: string): Memory {
    return this.stamp(id, { lastUsedAt: this.replica.now() });
  }
}

const relevantQuery = rule.object({
  scope: rule.oneOf(MEMORY_SCOPES),
  scopeId: rule.optional(idField),
  limit: rule.withDefault(limitField, 20),
});
