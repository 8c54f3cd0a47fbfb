import type { AnyReplica } from '@tributary/database';
import type { SeededRandom } from '@tributary/database/testing';

const SHARED_NOTES = 12;
const OWN_NOTES = 4;
const LARGE_ROWS = 25;

/**
 * One transaction: of rows that nobody else touches, or of the few that everybody does; now and then a large one. Whatever
 * people can do to notes is among it, also that a row is deleted while others edit it.
 */
export function editNotesAtRandom(replica: AnyReplica, random: SeededRandom): void {
  replica.transaction(() => {
    if (random.chance(0.03)) {
      for (let row = 0; row < LARGE_ROWS; row++) addBlock(replica, `${replica.siteId}-large`, row, random);
      return;
    }
    for (let edits = 1 + random.below(2); edits > 0; edits--) {
      const isShared = random.chance(0.25);
      const id = isShared ? `shared-${random.below(SHARED_NOTES)}` : `${replica.siteId}-${random.below(OWN_NOTES)}`;
      editNote(replica, id, random);
    }
  });
}

function editNote(replica: AnyReplica, id: string, random: SeededRandom): void {
  const { sqlite } = replica;
  const set = (column: string, value: string | number | null) =>
    sqlite
      .prepare(
        `INSERT INTO notes (id, ${column}) VALUES (?, ?) ON CONFLICT DO UPDATE SET ${column} = excluded.${column}`,
      )
      .run(id, value);
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2:
    case 3:
      set('title', random.chance(0.9) ? `title ${random.below(1e9)}` : random.pick(['', 'same', '\u{1F600}']));
      break;
    case 4:
      set('pinned', random.below(2));
      break;
    case 5:
      set('archived_at', random.pick([null, 0, -1, random.below(1e9) * 1000]));
      break;
    case 6:
      addBlock(replica, id, random.below(4), random);
      break;
    case 7:
      sqlite
        .prepare('INSERT INTO tags (note_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING')
        .run(id, `tag ${random.below(3)}`);
      break;
    case 8:
      sqlite.prepare('DELETE FROM tags WHERE note_id = ? AND name = ?').run(id, `tag ${random.below(3)}`);
      break;
    default:
      sqlite.prepare('DELETE FROM notes WHERE id = ?').run(id);
  }
}

function addBlock({ sqlite }: AnyReplica, noteId: string, block: number, random: SeededRandom): void {
  sqlite
    .prepare(
      `INSERT INTO note_blocks (note_id, id, text) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET text = excluded.text`,
    )
    .run(noteId, `block ${block}`, `text ${random.below(1e9)}`);
}
