/**
 * What is deleted in a SQLite file is not gone from it. `secure_delete` overwrites what a statement deletes, but pages that
 * were split before have copies of rows in the room between their cells, and nothing ever says that these are old. So the
 * pages are gone through, and what belongs to no row is overwritten with zeros, in the file itself: bytes without a meaning,
 * so that a crash between any two of them changes nothing.
 *
 * SQLite must not have such a page in memory, or it would write the old bytes again. Therefore each piece begins with the
 * journal written to its place and the cache emptied, and no statement runs until it is done: the file is this process's own.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { closeSync, fstatSync, fsync, openSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Database } from 'better-sqlite3';

/** Of one piece: the event loop has to wait for it. */
const PIECE_BYTES = 4 * 1024 * 1024;

const FILE_HEADER_BYTES = 100;
const RESERVED_AT = 20;

/** The first byte of a page of a table or an index, and how long its header is. */
const PAGE_HEADERS: ReadonlyMap<number, number> = new Map([
  [2, 12],
  [5, 12],
  [10, 8],
  [13, 8],
]);

const MAX_FREE_BLOCK_BYTES = 65_536;

export class FreeSpace {
  readonly #database: Database;
  readonly #path: string;
  /** Open until the database is closed: with any descriptor of the file that a process closes, it loses its lock. */
  #file: number | undefined;

  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /** A transaction that overwrites what it deletes. */
  leaveNothing<T>(work: () => T): T {
    this.#database.pragma('secure_delete = ON');
    try {
      return this.#database.transaction(work).immediate();
    } finally {
      this.#database.pragma('secure_delete = OFF');
    }
  }

  async wipe(): Promise<void> {
    if (this.#path === ':memory:') return;
    const file = (this.#file ??= openSync(this.#path, 'r+'));
    const pageBytes = this.#database.pragma('page_size', { simple: true }) as number;
    for (let page = 0; page < pageCountOf(file, pageBytes); page += Math.ceil(PIECE_BYTES / pageBytes)) {
      this.#settle('PASSIVE');
      wipePiece(file, page, pageBytes);
      await nextTurn();
    }
    await promisify(fsync)(file);
    this.#settle('TRUNCATE');
  }

  /** After the database. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** All pages are in their places, and none is in memory. */
  #settle(mode: 'PASSIVE' | 'TRUNCATE'): void {
    const [done] = this.#database.pragma(`wal_checkpoint(${mode})`) as [
      { busy: number; log: number; checkpointed: number },
    ];
    if (done.busy !== 0 || done.log !== done.checkpointed)
      throw new Error('the journal could not be written to its place');
    this.#database.pragma('shrink_memory');
  }
}

function pageCountOf(file: number, pageBytes: number): number {
  return Math.floor(fstatSync(file).size / pageBytes);
}

function wipePiece(file: number, firstPage: number, pageBytes: number): void {
  const count = pageCountOf(file, pageBytes);
  const bytes = Buffer.alloc(Math.min(Math.ceil(PIECE_BYTES / pageBytes), count - firstPage) * pageBytes);
  readSync(file, bytes, 0, bytes.length, firstPage * pageBytes);
  const usable = pageBytes - reservedIn(file);
  for (let at = 0; at < bytes.length; at += pageBytes) {
    const page = bytes.subarray(at, at + pageBytes);
    const isFirst = firstPage === 0 && at === 0;
    for (const [from, to] of unusedIn(page, { header: isFirst ? FILE_HEADER_BYTES : 0, usable, pageCount: count })) {
      if (page.subarray(from, to).every((byte) => byte === 0)) continue;
      writeSync(file, new Uint8Array(to - from), 0, to - from, firstPage * pageBytes + at + from);
    }
  }
}

function reservedIn(file: number): number {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  readSync(file, header, 0, header.length, 0);
  return header[RESERVED_AT] ?? 0;
}

interface PagePlace {
  readonly header: number;
  /** Bytes of the page that SQLite uses. */
  readonly usable: number;
  readonly pageCount: number;
}

type Range = readonly [from: number, to: number];

/** Between the list of cells and the first of them, and where cells were deleted; see "B-tree Pages" in SQLite's file format. */
function unusedIn(page: Buffer, { header, usable, pageCount }: PagePlace): Range[] {
  const type = page[header] ?? 0;
  const headerBytes = PAGE_HEADERS.get(type);
  // Every other page begins with the number of a page: its first byte can only be as great in a file with as many.
  if (headerBytes === undefined || (header === 0 && pageCount >= type << 24)) return [];
  const gapFrom = header + headerBytes + 2 * page.readUInt16BE(header + 3);
  const gapTo = page.readUInt16BE(header + 5) || MAX_FREE_BLOCK_BYTES;
  if (gapFrom > gapTo || gapTo > usable) return [];
  const unused: Range[] = [[gapFrom, gapTo]];
  for (let block = page.readUInt16BE(header + 1), last = gapTo - 1; block !== 0; block = page.readUInt16BE(block)) {
    if (block <= last || block + 4 > usable) break;
    const end = block + page.readUInt16BE(block + 2);
    if (end > usable) break;
    unused.push([block + 4, end]);
    last = block;
  }
  return unused;
}
