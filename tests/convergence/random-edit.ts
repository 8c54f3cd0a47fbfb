import type { Replica } from '@tributary/database';
import type { SqlValue } from '@tributary/database/changes';
import type { SeededRandom } from '@tributary/database/testing';

const VALUES: readonly SqlValue[] = [null, 1n, -1n, 2n ** 62n, 0.5, -1.5, 1e300];
const BLOBS: readonly SqlValue[] = [[], [0], [0, 1], [255]].map((bytes) => Uint8Array.from(bytes));
const ROWS = 4;

/** One to three edits of few rows, so that replicas often mean the same cell. Most texts are all different. */
export function editAtRandom(replica: Replica, random: SeededRandom): void {
  replica.transaction(() => {
    for (let edits = 1 + random.below(3); edits > 0; edits--) editOnce(replica, random);
  });
}

function editOnce({ sqlite }: Replica, random: SeededRandom): void {
  const id = `row ${random.below(ROWS)}`;
  const target = Uint8Array.from([random.below(2)]);
  const set = (column: string, value: SqlValue) =>
    sqlite
      .prepare(
        `INSERT INTO items (id, ${column}) VALUES (?, ?) ON CONFLICT DO UPDATE SET ${column} = excluded.${column}`,
      )
      .run(id, value);
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      set('title', random.chance(0.8) ? `text ${random.below(1e9)}` : random.pick(['', 'same', '\u{1F600}', '\uFFFD']));
      break;
    case 4:
    case 5:
      set('amount', random.pick(VALUES));
      break;
    case 6:
      set('data', random.pick([...BLOBS, null]));
      break;
    case 7:
      sqlite.prepare('INSERT OR REPLACE INTO items (id, title) VALUES (?, ?)').run(id, `replaced ${random.below(1e9)}`);
      break;
    case 8:
      sqlite.prepare('DELETE FROM items WHERE id = ?').run(id);
      break;
    case 9:
      sqlite
        .prepare('INSERT INTO links VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET weight = excluded.weight')
        .run(id, target, BigInt(random.below(3)));
      break;
    case 10:
      sqlite.prepare('DELETE FROM links WHERE source = ? AND target = ?').run(id, target);
      break;
    default:
      sqlite
        .prepare(random.chance(0.5) ? 'INSERT OR IGNORE INTO marks VALUES (?)' : 'DELETE FROM marks WHERE id = ?')
        .run(id);
  }
}
