import { and, asc, count, desc, eq, getTableColumns, isNull } from 'drizzle-orm';
import { notes, tags } from '../schema/index.ts';
import { idField } from './field-rules.ts';
import { parseInput } from './input.ts';
import type { Note, NoteRepository } from './notes/note-repository.ts';
import * as rule from './rule.ts';
import { withStorageErrors } from './storage-errors.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export interface TagCount {
  readonly name: string;
  /** Notes that have it and are not in the trash. */
  readonly notes: number;
}

/** Tags on notes. A name is what is left of it in lower case, without outer blanks, in Unicode's composed form. */
export class TagRepository {
  readonly #replica: WorkspaceReplica;
  readonly #notes: NoteRepository;

  constructor(replica: WorkspaceReplica, noteRepository: NoteRepository) {
    this.#replica = replica;
    this.#notes = noteRepository;
  }

  /** Adding a tag again changes nothing. */
  add(noteId: string, name: string): void {
    const tag = checkedTag(noteId, name);
    withStorageErrors('write tags', () =>
      this.#replica.transaction(() => {
        this.#notes.getById(noteId);
        const { db } = this.#replica;
        if (db.select().from(tags).where(matching(tag)).get()) return;
        db.insert(tags)
          .values({ ...tag, createdAt: this.#replica.now() })
          .run();
      }),
    );
  }

  remove(noteId: string, name: string): void {
    const tag = checkedTag(noteId, name);
    withStorageErrors('write tags', () => this.#replica.db.delete(tags).where(matching(tag)).run());
  }

  /** The names on a note, in alphabetical order. */
  of(noteId: string): string[] {
    const id = parseInput(idField, noteId, 'the id');
    const rows = withStorageErrors('read tags', () =>
      this.#replica.db.select().from(tags).where(eq(tags.noteId, id)).orderBy(asc(tags.name)).all(),
    );
    return rows.map(({ name }) => name);
  }

  /** The latest first, without the trash. */
  notesWith(name: string): Note[] {
    const wanted = parseInput(tagNameField, name, 'the name of a tag');
    return withStorageErrors('read tags', () =>
      this.#replica.db
        .select(getTableColumns(notes))
        .from(tags)
        .innerJoin(notes, eq(notes.id, tags.noteId))
        .where(and(eq(tags.name, wanted), isNull(notes.deletedAt)))
        .orderBy(desc(notes.updatedAt), desc(notes.id))
        .all(),
    );
  }

  /** In alphabetical order. A tag that only notes in the trash have is not listed. */
  all(): TagCount[] {
    return withStorageErrors('read tags', () =>
      this.#replica.db
        .select({ name: tags.name, notes: count() })
        .from(tags)
        .innerJoin(notes, eq(notes.id, tags.noteId))
        .where(isNull(notes.deletedAt))
        .groupBy(tags.name)
        .orderBy(asc(tags.name))
        .all(),
    );
  }
}

const MAX_TAG_LENGTH = 100;

const tagNameField = rule.text({
  form: (name) => name.trim().toLowerCase().normalize('NFC'),
  min: 1,
  max: MAX_TAG_LENGTH,
});

const noteTag = rule.object({ noteId: idField, name: tagNameField });

type NoteTag = rule.ValueOf<typeof noteTag>;

function checkedTag(noteId: string, name: string): NoteTag {
  return parseInput(noteTag, { noteId, name }, 'a tag');
}

function matching({ noteId, name }: NoteTag) {
  return and(eq(tags.noteId, noteId), eq(tags.name, name));
}
