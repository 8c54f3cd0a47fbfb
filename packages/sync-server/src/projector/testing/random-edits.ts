/** Edits of any table of a cloud schema, with values of every type and none that it cannot hold. */
import type { Replica } from '@tributary/database';
import type { SqlValue } from '@tributary/database/changes';
import type { CloudTable, CloudType } from '@tributary/database/cloud';
import type { SeededRandom } from '@tributary/database/testing';
import { uuid } from './test-projection.ts';

const BEGINNING_OF_TIME = -62_135_596_800_000n;
const END_OF_TIME = 253_402_300_799_999n;

/** Few of each, so that edits meet, and ties are decided by value. */
const VALUES: Readonly<Record<CloudType, readonly SqlValue[]>> = {
  uuid: [1, 2, 3, 4, 2 ** 48 - 1].map(uuid),
  text: ['', 'a', 'Ä b', '😀👩‍👩‍👧', '\uFFFD', "'; --", '\\x00', 'null', '\t\r\n\u0001', 'long '.repeat(2_000), '{"a":1}'],
  timestamptz: [0n, 1n, -1n, 1_763_700_000_123n, BEGINNING_OF_TIME, END_OF_TIME],
  boolean: [0n, 1n],
  bigint: [0n, 1n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)],
  'double precision': [0, 1, -1.5, 0.1, 5e-324, Number.MAX_VALUE, 2 ** 53, Infinity, -Infinity],
  numeric: [0n, 1n, 0.5],
  jsonb: [
    '{}',
    '[]',
    'null',
    '"x"',
    '-0.5e3',
    '{"a": [1, {"é😀": null}], "b": "\\u00e9\\n\\ud83d\\ude00"}',
    '[[[[]]]]',
    'true',
  ],
  bytea: [new Uint8Array(0), Uint8Array.of(0), Uint8Array.of(0x5c, 0x78, 255), new Uint8Array(300).fill(7)],
};

export function editAtRandom({ sqlite }: Replica, random: SeededRandom, tables: readonly CloudTable[]): void {
  const { name, key, columns } = random.pick(tables);
  const names = key.map((column) => `"${column.name}"`);
  const values = key.map(({ type }) => random.pick(VALUES[type].slice(0, 3)));
  if (random.chance(0.15)) {
    sqlite
      .prepare(`DELETE FROM "${name}" WHERE ${names.map((column) => `${column} = ?`).join(' AND ')}`)
      .run(...values);
    return;
  }
  const edited = columns.filter(() => random.chance(0.4));
  const updates = edited.map((column) => `"${column.name}" = excluded."${column.name}"`);
  const all = [...names, ...edited.map((column) => `"${column.name}"`)];
  sqlite
    .prepare(
      `INSERT INTO "${name}" (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})
       ON CONFLICT DO ${updates.length > 0 ? `UPDATE SET ${updates.join(', ')}` : 'NOTHING'}`,
    )
    .run(
      ...values,
      ...edited.map(({ type, isNullable }) => (isNullable && random.chance(0.2) ? null : random.pick(VALUES[type]))),
    );
}
