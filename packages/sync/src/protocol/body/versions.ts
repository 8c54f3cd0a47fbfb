/** The versions of a batch's changes, a run for each, and the order of the changes within. */
import { MAX_COLUMN_CLOCK, MAX_DB_VERSION, type Change } from '@tributary/database/changes';
import { malformed } from '../errors.ts';
import type { Fields, MessageWriter } from '../wire/message-fields.ts';
import { ColumnReader, VarintWriter } from '../wire/varints.ts';
import { BODY } from './body-fields.ts';
import { sizesOfRuns } from './runs.ts';

export class VersionWriter {
  readonly #versions: number[] = [];
  readonly #sizes = new VarintWriter();
  readonly #seqs = new VarintWriter(0);
  #size = 0;
  #version = -1;
  #seq = -1;

  push({ dbVersion, seq }: Change): void {
    if (dbVersion !== this.#version) this.#begin(dbVersion);
    this.#size++;
    if (!isBetween(seq, 0, MAX_COLUMN_CLOCK)) throw new TypeError(`a batch cannot hold the seq ${seq}`);
    this.#seqs.sint53(seq - this.#seq - 1);
    this.#seq = seq;
  }

  writeTo(message: MessageWriter, toVersion: number): void {
    const gaps = new VarintWriter(0);
    for (const [run, version] of this.#versions.entries()) {
      const next = this.#versions[run + 1];
      gaps.sint53(next === undefined ? toVersion - version : next - version - 1);
    }
    message.bytes(BODY.versionSizes, this.#sizes.finish());
    message.bytes(BODY.versionGaps, gaps.finish());
    message.bytes(BODY.cellSeqs, this.#seqs.finish());
  }

  #begin(version: number): void {
    if (!isBetween(version, 0, MAX_DB_VERSION)) throw new TypeError(`a batch cannot hold the version ${version}`);
    if (this.#size > 0) this.#sizes.uint32(this.#size);
    this.#versions.push(version);
    this.#version = version;
    this.#size = 0;
    this.#seq = -1;
  }
}

export class VersionReader {
  /** Of the change that `next` went on to. */
  version = 0;
  seq = 0;
  readonly #sizes: readonly number[];
  readonly #versions: readonly number[];
  readonly #seqs: ColumnReader;
  #run = 0;
  #left = 0;

  constructor({ bytes }: Fields, changeCount: number, toVersion: number) {
    this.#sizes = sizesOfRuns(bytes[BODY.versionSizes], changeCount);
    this.#versions = versionsOfRuns(bytes[BODY.versionGaps], this.#sizes.length, toVersion);
    this.#seqs = new ColumnReader(bytes[BODY.cellSeqs], 0);
  }

  get isAtEnd(): boolean {
    return this.#seqs.isAtEnd;
  }

  next(): void {
    if (this.#left === 0) this.#begin();
    this.#left--;
    this.seq += 1 + this.#seqs.sint53();
    if (!isBetween(this.seq, 0, MAX_COLUMN_CLOCK)) throw malformed('a seq is out of range');
  }

  #begin(): void {
    this.#left = this.#sizes[this.#run] as number;
    this.version = this.#versions[this.#run++] as number;
    this.seq = -1;
  }
}

/** From the last to the first, as each is told by its distance from the next. */
function versionsOfRuns(stream: Uint8Array | undefined, runs: number, toVersion: number): number[] {
  const gaps = new ColumnReader(stream, 0);
  const versions = Array.from({ length: runs }, () => gaps.sint53());
  if (!gaps.isAtEnd) throw malformed('a batch has more versions than runs of them');
  let next = toVersion + 1;
  for (let run = runs - 1; run >= 0; run--) {
    next -= 1 + (versions[run] as number);
    if (!isBetween(next, 0, MAX_DB_VERSION)) throw malformed('a version is out of range');
    versions[run] = next;
  }
  return versions;
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
