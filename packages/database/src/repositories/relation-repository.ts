import { and, asc, eq, isNull, or } from 'drizzle-orm';
import { entityRelations } from '../schema/index.ts';
import { idField, wordField } from './field-rules.ts';
import { parseInput } from './input.ts';
import { Repository, type Row } from './repository.ts';
import * as rule from './rule.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type EntityRelation = Row<typeof entityRelations>;

/** How one entity relates to another. */
export class RelationRepository extends Repository<typeof entityRelations, 'sourceId' | 'targetId'> {
  constructor(replica: WorkspaceReplica) {
    super(replica, {
      table: entityRelations,
      rules: { sourceId: idField, targetId: idField, kind: rule.optional(wordField) },
    });
  }

  /** From and to the entity, the oldest first, without the trash. */
  of(entityId: string): EntityRelation[] {
    const id = parseInput(idField, entityId, 'the id');
    return this.read(() =>
      this.replica.db
        .select()
        .from(entityRelations)
        .where(
          and(
            or(eq(entityRelations.sourceId, id), eq(entityRelations.targetId, id)),
            isNull(entityRelations.deletedAt),
          ),
        )
        .orderBy(asc(entityRelations.createdAt), asc(entityRelations.id))
        .all(),
    );
  }
}
