/**
 * Notes and their text. Text is Markdown outside and rows of blocks inside; saving it writes only the blocks that
 * differ, so that two people editing two paragraphs of one note both win.
 */
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { DatabaseError } from '../../errors.ts';
import { noteBlocks, noteEntities, notes, tags } from '../../schema/index.ts';
import { diffBlocks, type StoredBlock } from './block-diff.ts';
import { positionSeed } from './block-position.ts';
import { BlockStore } from './block-store.ts';
import { fitsInBytes, idField, limitField, MAX_TEXT_BYTES, titleField } from '../field-rules.ts';
import { invalidInput, parseInput } from '../input.ts';
import { joinBlocks, parseBlocks, spells, type BlockContent } from './note-text.ts';
import { purgeAttachments } from '../attachment-repository.ts';
import { Repository, type Row } from '../repository.ts';
import * as rule from '../rule.ts';
import type { FieldValues } from '../table-input.ts';
import type { WorkspaceReplica } from '../workspace-replica.ts';

export type Note = Row<typeof notes>;

export interface OpenTodo {
  readonly noteId: string;
  readonly noteTitle: string;
  readonly blockId: string;
  readonly text: string;
}

export interface TodoQuery {
  readonly projectId?: string;
  /** 200 by default. */
  readonly limit?: number;
}

export const MAX_NOTE_BLOCKS = 20_000;
export const MAX_NOTE_BYTES = 10_000_000;

export class NoteRepository extends Repository<typeof notes, never, { readonly text?: string }> {
  readonly #blocks: BlockStore;

  constructor(replica: WorkspaceReplica) {
    super(replica, {
      table: notes,
      rules: { title: titleField },
      extraInput: { text: rule.optional(rule.text()) },
    });
    this.#blocks = new BlockStore(replica);
  }

  /** The note as Markdown. */
  getText(noteId: string): string {
    return joinBlocks(this.blocks(noteId));
  }

  /** Replaces the text. Nothing is written where nothing differs. */
  setText(noteId: string, markdown: string): void {
    const text = storable(parseInput(rule.text(), markdown, 'the text of a note'));
    this.transaction('save text', () => {
      const stored = this.blocks(noteId);
      if (spells(stored, text)) return;
      const wanted = checkedBlocks(text);
      this.#blocks.apply(noteId, diffBlocks({ stored, wanted, seed: positionSeed(this.replica.newId()) }));
      this.#touch(noteId);
    });
  }

  /** In their order. */
  blocks(noteId: string): StoredBlock[] {
    this.getById(noteId);
    return this.read(() => this.#blocks.read(noteId));
  }

  /** Ticks or clears a checkbox: one cell, so it goes together with anybody's edit of the text beside it. */
  toggleTodo(noteId: string, blockId: string, checked: boolean): void {
    const isChecked = parseInput(rule.boolean, checked, 'checked');
    this.transaction('toggle a todo', () => {
      const block = this.blocks(noteId).find(({ id }) => id === blockId);
      if (!block) throw new DatabaseError('row_not_found', `there is no block ${blockId} in note ${noteId}`);
      if (block.kind !== 'todo') throw invalidInput('the block', [{ field: 'blockId', message: 'Not a todo' }]);
      if (block.checked === isChecked) return;
      this.#blocks.update(noteId, blockId, { checked: isChecked });
      this.#touch(noteId);
    });
  }

  /** What is not ticked yet in notes that are neither in the trash nor archived, the latest note first. */
  openTodos(query: TodoQuery = {}): OpenTodo[] {
    const { projectId, limit } = parseInput(todoQuery, query, 'the query');
    return this.read(() =>
      this.replica.db
        .select({ noteId: notes.id, noteTitle: notes.title, blockId: noteBlocks.id, text: noteBlocks.text })
        .from(noteBlocks)
        .innerJoin(notes, eq(notes.id, noteBlocks.noteId))
        .where(
          and(
            OPEN_TODO,
            isNull(notes.deletedAt),
            isNull(notes.archivedAt),
            projectId === undefined ? undefined : eq(notes.projectId, projectId),
          ),
        )
        .orderBy(desc(notes.updatedAt), notes.id, noteBlocks.position, noteBlocks.id)
        .limit(limit)
        .all(),
    );
  }

  /** A new note with the same title, project, text and tags. */
  duplicate(noteId: string): Note {
    return this.transaction('duplicate', () => {
      const { title, projectId } = this.getById(noteId);
      const copy = this.create({ title, projectId, text: this.getText(noteId) });
      const { db } = this.replica;
      const names = db.select({ name: tags.name }).from(tags).where(eq(tags.noteId, noteId)).all();
      for (const { name } of names) {
        db.insert(tags).values({ noteId: copy.id, name, createdAt: copy.createdAt }).run();
      }
      return copy;
    });
  }

  /** A note that is archived keeps its time. */
  archive(noteId: string): Note {
    return this.setTimeOnce(noteId, 'archivedAt');
  }

  unarchive(noteId: string): Note {
    return this.update(noteId, { archivedAt: null });
  }

  protected override insert({ text, ...values }: FieldValues): Note {
    const note = super.insert(values);
    if (typeof text === 'string') this.setText(note.id, text);
    return note;
  }

  /** A block that another device inserts at the same time survives this, unseen: no note leads to it. */
  protected override purgeBelongings(id: string): void {
    const { db } = this.replica;
    db.delete(noteBlocks).where(eq(noteBlocks.noteId, id)).run();
    db.delete(tags).where(eq(tags.noteId, id)).run();
    db.delete(noteEntities).where(eq(noteEntities.noteId, id)).run();
    purgeAttachments(this.replica, 'note', id);
  }

  #touch(noteId: string): void {
    this.stamp(noteId, { updatedAt: this.replica.now() });
  }
}

/** The literal is what lets SQLite use the partial index of todos. */
const OPEN_TODO = sql`${noteBlocks.kind} = 'todo' and ${noteBlocks.checked} = 0`;

const todoQuery = rule.object({
  projectId: rule.optional(idField),
  limit: rule.withDefault(limitField, 200),
});

/** SQLite keeps text as UTF-8, which has no lone surrogates: it would read back otherwise than it was written. */
function storable(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}

function checkedBlocks(text: string): BlockContent[] {
  const fault = (message: string) => invalidInput('the text of a note', [{ field: 'text', message }]);
  if (!fitsInBytes(text, MAX_NOTE_BYTES)) throw fault(`Too big: at most ${MAX_NOTE_BYTES} bytes`);
  const blocks = parseBlocks(text);
  if (blocks.length > MAX_NOTE_BLOCKS) throw fault(`Too big: at most ${MAX_NOTE_BLOCKS} lines`);
  const isTooLarge = blocks.some((block) => !fitsInBytes(block.text, MAX_TEXT_BYTES));
  if (isTooLarge) throw fault(`Too big: at most ${MAX_TEXT_BYTES} bytes in one line or code block`);
  return blocks;
}
