import { and, asc, desc, eq, getTableColumns, isNull, or } from 'drizzle-orm';
import { entities, entityRelations, noteEntities, notes } from '../schema/index.ts';
import { idField, nameField, wordField } from './field-rules.ts';
import { parseInput } from './input.ts';
import type { Note, NoteRepository } from './notes/note-repository.ts';
import { Repository, type Row } from './repository.ts';
import * as rule from './rule.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type Entity = Row<typeof entities>;

/** What notes speak of, and which notes do. */
export class EntityRepository extends Repository<typeof entities, 'name'> {
  readonly #notes: NoteRepository;

  constructor(replica: WorkspaceReplica, noteRepository: NoteRepository) {
    super(replica, { table: entities, rules: { name: nameField, kind: rule.optional(wordField) } });
    this.#notes = noteRepository;
  }

  /** Linking again changes nothing. */
  link(entityId: string, noteId: string): void {
    this.transaction('link', () => {
      this.getById(entityId);
      this.#notes.getById(noteId);
      const { db } = this.replica;
      if (db.select().from(noteEntities).where(linking(entityId, noteId)).get()) return;
      db.insert(noteEntities).values({ noteId, entityId, createdAt: this.replica.now() }).run();
    });
  }

  unlink(entityId: string, noteId: string): void {
    const link = parseInput(linkKey, { entityId, noteId }, 'a link');
    this.transaction('unlink', () =>
      this.replica.db.delete(noteEntities).where(linking(link.entityId, link.noteId)).run(),
    );
  }

  /** By name, without the trash. */
  ofNote(noteId: string): Entity[] {
    const id = parseInput(idField, noteId, 'the id');
    return this.read(() =>
      this.replica.db
        .select(getTableColumns(entities))
        .from(noteEntities)
        .innerJoin(entities, eq(entities.id, noteEntities.entityId))
        .where(and(eq(noteEntities.noteId, id), isNull(entities.deletedAt)))
        .orderBy(asc(entities.name), asc(entities.id))
        .all(),
    );
  }

  /** The latest first, without the trash. */
  notesOf(entityId: string): Note[] {
    const id = parseInput(idField, entityId, 'the id');
    return this.read(() =>
      this.replica.db
        .select(getTableColumns(notes))
        .from(noteEntities)
        .innerJoin(notes, eq(notes.id, noteEntities.noteId))
        .where(and(eq(noteEntities.entityId, id), isNull(notes.deletedAt)))
        .orderBy(desc(notes.updatedAt), desc(notes.id))
        .all(),
    );
  }

  protected override purgeBelongings(id: string): void {
    const { db } = this.replica;
    db.delete(noteEntities).where(eq(noteEntities.entityId, id)).run();
    db.delete(entityRelations)
      .where(or(eq(entityRelations.sourceId, id), eq(entityRelations.targetId, id)))
      .run();
  }
}

const linkKey = rule.object({ entityId: idField, noteId: idField });

function linking(entityId: string, noteId: string) {
  return and(eq(noteEntities.entityId, entityId), eq(noteEntities.noteId, noteId));
}
