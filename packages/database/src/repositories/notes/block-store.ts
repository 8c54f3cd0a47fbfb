/**
 * The rows of `note_blocks`, on prepared statements: this is the path of every keystroke. What a foreign peer may have
 * stored is made safe on reading, so that one odd cell never keeps a note from opening.
 */
import type { ColumnValue, Statement } from '../../engine/driver.ts';
import type { BlockCells, BlockChanges, StoredBlock } from './block-diff.ts';
import { MAX_SPACING, type BlockKind } from './note-text.ts';
import type { WorkspaceReplica } from '../workspace-replica.ts';

export class BlockStore {
  readonly #replica: WorkspaceReplica;
  readonly #read: Statement;
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #update: Readonly<Record<keyof BlockCells, Statement>>;

  constructor(replica: WorkspaceReplica) {
    const { sqlite } = replica;
    const updateOf = (column: keyof BlockCells) =>
      sqlite.prepare(`UPDATE note_blocks SET ${column} = ? WHERE note_id = ? AND id = ?`);
    this.#replica = replica;
    this.#read = sqlite
      .prepare(
        `SELECT id, position, kind, marker, text, checked, spacing FROM note_blocks
         WHERE note_id = ? ORDER BY position, id`,
      )
      .raw();
    this.#insert = sqlite.prepare(
      `INSERT INTO note_blocks (note_id, id, position, kind, marker, text, checked, spacing)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#delete = sqlite.prepare('DELETE FROM note_blocks WHERE note_id = ? AND id = ?');
    this.#update = {
      position: updateOf('position'),
      kind: updateOf('kind'),
      marker: updateOf('marker'),
      text: updateOf('text'),
      checked: updateOf('checked'),
      spacing: updateOf('spacing'),
    };
  }

  /** In their order. */
  read(noteId: string): StoredBlock[] {
    return (this.#read.all(noteId) as BlockRow[]).map(toStoredBlock);
  }

  /** To be called in a transaction. */
  apply(noteId: string, { inserted, updated, deleted }: BlockChanges): void {
    for (const id of deleted) this.#delete.run(noteId, id);
    for (const { id, cells } of updated) this.update(noteId, id, cells);
    for (const { position, kind, marker, text, checked, spacing } of inserted) {
      this.#insert.run(noteId, this.#replica.newId(), position, kind, marker, text, Number(checked), spacing);
    }
  }

  update(noteId: string, id: string, cells: Partial<BlockCells>): void {
    for (const [column, value] of Object.entries(cells)) {
      const bound = typeof value === 'boolean' ? Number(value) : value;
      this.#update[column as keyof BlockCells].run(bound, noteId, id);
    }
  }
}

type BlockRow = readonly [
  id: string,
  position: ColumnValue,
  kind: ColumnValue,
  marker: ColumnValue,
  text: ColumnValue,
  checked: ColumnValue,
  spacing: ColumnValue,
];

function toStoredBlock([id, position, kind, marker, text, checked, spacing]: BlockRow): StoredBlock {
  return {
    id,
    position: textOf(position),
    // A newer app may know more kinds; its blocks are kept as they are.
    kind: textOf(kind) as BlockKind,
    marker: textOf(marker),
    text: textOf(text),
    checked: checked === 1,
    spacing: typeof spacing === 'number' ? Math.min(Math.max(Math.trunc(spacing), 0), MAX_SPACING) : 0,
  };
}

function textOf(value: ColumnValue): string {
  return typeof value === 'string' ? value : '';
}
