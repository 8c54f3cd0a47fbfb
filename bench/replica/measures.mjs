/** One function per question. Each sets up, times only what it asks about, and returns one number. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRepositories } from '@tributary/database';
import { open, openReference } from './contenders.mjs';
import { CELLS_PER_ITEM, INSERT_ITEM, item, ITEMS_DDL, itemsSchema } from './items-schema.mjs';

const ROWS = 20_000;
const DURABLE_TRANSACTIONS = 300;
const APPLY_BATCH = 1_000;
const LARGE_DATABASE_ROWS = 100_000;
const NOTE_BLOCKS = 1_000;
const REPEATS = 50;

export const measures = [
  {
    name: 'plain insert',
    unit: 'rows/s',
    reference: () => plainInsert(openReference(':memory:')),
    replica: (engine) => plainInsert(open(engine, ':memory:', itemsSchema).sqlite, 'plain'),
  },
  {
    name: 'CRR insert',
    unit: 'rows/s',
    target: '>= 0.08x of plain insert',
    reference: () => plainInsert(openReference(':memory:')),
    replica: (engine) => crrInsert(engine),
  },
  {
    name: 'changes applied',
    unit: 'cells/s',
    target: '>= 0.10x of plain insert',
    reference: () => plainInsert(openReference(':memory:')),
    replica: (engine) => applyChanges(engine),
  },
  {
    name: 'changes read',
    unit: 'cells/s',
    reference: () => plainInsert(openReference(':memory:')),
    replica: (engine) => readChanges(engine),
  },
  {
    name: 'durable transactions, one row',
    unit: 'tx/s',
    reference: () => inDirectory((file) => durable(openReference(file))),
    replica: (engine) => inDirectory((file) => durable(open(engine, file, itemsSchema).sqlite)),
  },
  {
    name: 'open a workspace file',
    unit: 'ms',
    lowerIsBetter: true,
    reference: () => inDirectory((file) => openTime(file, 'wasm', () => openReference(file))),
    replica: (engine) => inDirectory((file) => openTime(file, engine, () => open(engine, file))),
  },
  {
    name: 'size of a row',
    unit: 'bytes',
    lowerIsBetter: true,
    reference: () => inDirectory((file) => rowSize(file, openReference(file))),
    replica: (engine) => inDirectory((file) => rowSize(file, open(engine, file, itemsSchema).sqlite)),
  },
  {
    name: `read one new row beside ${LARGE_DATABASE_ROWS * CELLS_PER_ITEM} cells`,
    unit: 'ms',
    lowerIsBetter: true,
    target: '< 1 ms',
    replica: (engine) => tailRead(engine),
  },
  {
    name: `save a keystroke in a note of ${NOTE_BLOCKS} blocks, on disk`,
    unit: 'ms',
    lowerIsBetter: true,
    target: '< 5 ms',
    replica: (engine) => inDirectory((file) => keystroke(engine, file)),
  },
];

function perSecond(count, work) {
  const start = performance.now();
  work();
  return (count / (performance.now() - start)) * 1_000;
}

/** In a replica the rows go to a table of the same shape that is not replicated. */
function plainInsert(db, kind) {
  const table = kind === 'plain' ? 'plain_items' : 'items';
  db.exec(ITEMS_DDL.replace('items', table));
  const insert = db.prepare(INSERT_ITEM.replace('items', table));
  const rate = perSecond(ROWS, () => insertItems(db, insert, ROWS));
  db.close();
  return rate;
}

function insertItems(db, insert, rows) {
  db.transaction(() => {
    for (let i = 0; i < rows; i++) insert.run(...item(i));
  })();
}

function crrInsert(engine) {
  const replica = open(engine, ':memory:', itemsSchema);
  const insert = replica.sqlite.prepare(INSERT_ITEM);
  const rate = perSecond(ROWS, () => insertItems(replica.sqlite, insert, ROWS));
  replica.close();
  return rate;
}

function withOwnChanges(engine, body) {
  const writer = open(engine, ':memory:', itemsSchema);
  insertItems(writer.sqlite, writer.sqlite.prepare(INSERT_ITEM), ROWS);
  const result = body(writer);
  writer.close();
  return result;
}

function readChanges(engine) {
  return withOwnChanges(engine, (writer) =>
    perSecond(ROWS * CELLS_PER_ITEM, () => void writer.ownChanges({ after: 0 })),
  );
}

function applyChanges(engine) {
  return withOwnChanges(engine, (writer) => {
    const { changes } = writer.ownChanges({ after: 0 });
    const reader = open(engine, ':memory:', itemsSchema);
    const rate = perSecond(changes.length, () => {
      for (let i = 0; i < changes.length; i += APPLY_BATCH) reader.applyChanges(changes.slice(i, i + APPLY_BATCH));
    });
    reader.close();
    return rate;
  });
}

function durable(db) {
  if (!hasItems(db)) db.exec(ITEMS_DDL);
  const insert = db.prepare(INSERT_ITEM);
  const rate = perSecond(DURABLE_TRANSACTIONS, () => {
    for (let i = 0; i < DURABLE_TRANSACTIONS; i++) insert.run(...item(i));
  });
  db.close();
  return rate;
}

function hasItems(db) {
  return db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'items'`).get() !== undefined;
}

function openTime(file, engine, reopen) {
  open(engine, file).close();
  const start = performance.now();
  const handle = reopen();
  (handle.sqlite ?? handle).prepare('SELECT count(*) FROM notes').get();
  const time = performance.now() - start;
  handle.close();
  return time;
}

function rowSize(file, db) {
  if (!hasItems(db)) db.exec(ITEMS_DDL);
  db.pragma('wal_checkpoint');
  const empty = statSync(file).size;
  insertItems(db, db.prepare(INSERT_ITEM), ROWS);
  db.close();
  return (statSync(file).size - empty) / ROWS;
}

function tailRead(engine) {
  const replica = open(engine, ':memory:', itemsSchema);
  const insert = replica.sqlite.prepare(INSERT_ITEM);
  insertItems(replica.sqlite, insert, LARGE_DATABASE_ROWS);
  const times = Array.from({ length: REPEATS }, (_, i) => {
    const after = replica.dbVersion;
    insert.run(...item(LARGE_DATABASE_ROWS + i));
    const start = performance.now();
    replica.ownChanges({ after });
    return performance.now() - start;
  });
  replica.close();
  return median(times);
}

function keystroke(engine, file) {
  const replica = open(engine, file);
  const { notes } = createRepositories(replica);
  const lines = Array.from({ length: NOTE_BLOCKS }, (_, i) => `Paragraph ${i} of a long note, as people write them.`);
  const { id } = notes.create({ title: 'Long note' });
  notes.setText(id, lines.join('\n\n'));
  const times = Array.from({ length: REPEATS }, () => {
    lines[NOTE_BLOCKS / 2] += 'x';
    const text = lines.join('\n\n');
    const start = performance.now();
    notes.setText(id, text);
    return performance.now() - start;
  });
  replica.close();
  return median(times);
}

function inDirectory(body) {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-bench-'));
  try {
    return body(path.join(directory, 'bench.db'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
