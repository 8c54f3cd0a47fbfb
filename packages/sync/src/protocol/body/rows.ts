/** The rows of a batch: runs of changes with the same table, primary key and causal length. */
import type { Change } from '@tributary/database/changes';
import { LengthReader, LengthWriter } from '../wire/lengths.ts';
import type { Fields, MessageWriter } from '../wire/message-fields.ts';
import { ColumnReader, VarintReader, VarintWriter } from '../wire/varints.ts';
import { BODY } from './body-fields.ts';
import { ByteDictionary, entryOf, isSameBytes, TextDictionary, textsOf } from './dictionaries.ts';
import { maxFormBytes, packedKeyOf, writeKeyForm } from './key-form.ts';
import { sizesOfRuns } from './runs.ts';
import type { Output } from './uuid-form.ts';

export class RowWriter {
  readonly #tables = new TextDictionary();
  readonly #keys = new ByteDictionary();
  readonly #sizes = new VarintWriter();
  readonly #rowKeys = new VarintWriter(0);
  readonly #rowTables = new VarintWriter(0);
  readonly #causalLengths = new VarintWriter(1);
  #size = 0;
  #last: Change | undefined;

  push(change: Change): void {
    if (this.#last === undefined || !isSameRow(this.#last, change)) this.#begin(change);
    this.#last = change;
    this.#size++;
  }

  writeTo(message: MessageWriter): void {
    this.#tables.writeTo(message, BODY.tables);
    this.#writeKeys(message);
    message.bytes(BODY.rowSizes, this.#sizes.finish());
    message.bytes(BODY.rowKeys, this.#rowKeys.finish());
    message.bytes(BODY.rowTables, this.#rowTables.finish());
    message.bytes(BODY.causalLengths, this.#causalLengths.finish());
  }

  #begin({ table, pk, cl }: Change): void {
    if (this.#size > 0) this.#sizes.uint32(this.#size);
    this.#size = 0;
    const nextKey = this.#keys.entries.length;
    this.#rowKeys.uint32(nextKey - this.#keys.indexOf(pk));
    this.#rowTables.uint32(this.#tables.indexOf(table));
    this.#causalLengths.uint32(cl);
  }

  #writeKeys(message: MessageWriter): void {
    const keys = this.#keys.entries;
    const output: Output = { bytes: new Uint8Array(keys.reduce((sum, key) => sum + maxFormBytes(key), 0)), at: 0 };
    const lengths = new LengthWriter();
    for (const key of keys) {
      const start = output.at;
      writeKeyForm(key, output);
      lengths.push(output.at - start);
    }
    message.bytes(BODY.keys, output.bytes.subarray(0, output.at));
    message.bytes(BODY.keyLengths, lengths.finish());
  }
}

function isSameRow(a: Change, b: Change): boolean {
  return a.table === b.table && a.cl === b.cl && isSameBytes(a.pk, b.pk);
}

export class RowReader {
  /** Of the change that `next` went on to. */
  table = '';
  pk: Uint8Array = new Uint8Array(0);
  causalLength = 1;
  readonly #sizes: readonly number[];
  readonly #tables: readonly string[];
  readonly #rowTables: ColumnReader;
  readonly #causalLengths: ColumnReader;
  readonly #keys: KeyReader;
  #run = 0;
  #left = 0;

  constructor(fields: Fields, changeCount: number) {
    const { bytes, lists } = fields;
    this.#sizes = sizesOfRuns(bytes[BODY.rowSizes], changeCount);
    this.#tables = textsOf(lists[BODY.tables]);
    this.#rowTables = new ColumnReader(bytes[BODY.rowTables], 0);
    this.#causalLengths = new ColumnReader(bytes[BODY.causalLengths], 1);
    this.#keys = new KeyReader(fields);
  }

  get isAtEnd(): boolean {
    return this.#rowTables.isAtEnd && this.#causalLengths.isAtEnd && this.#keys.isAtEnd;
  }

  next(): void {
    if (this.#left === 0) this.#begin();
    this.#left--;
  }

  #begin(): void {
    this.#left = this.#sizes[this.#run++] as number;
    this.table = entryOf(this.#tables, this.#rowTables.uint32());
    this.pk = this.#keys.next();
    this.causalLength = this.#causalLengths.uint32();
  }
}

/** A key that several rows of the batch name becomes one object in memory. */
class KeyReader {
  readonly #used: Uint8Array[] = [];
  readonly #rowKeys: ColumnReader;
  readonly #lengths: LengthReader;
  readonly #forms: VarintReader;

  constructor({ bytes }: Fields) {
    const forms = bytes[BODY.keys] ?? new Uint8Array(0);
    this.#rowKeys = new ColumnReader(bytes[BODY.rowKeys], 0);
    this.#lengths = new LengthReader(bytes[BODY.keyLengths], forms.length);
    this.#forms = new VarintReader(forms);
  }

  get isAtEnd(): boolean {
    return this.#rowKeys.isAtEnd && this.#lengths.isAtEnd;
  }

  next(): Uint8Array {
    const distance = this.#rowKeys.uint32();
    if (distance > 0) return entryOf(this.#used, this.#used.length - distance);
    const key = packedKeyOf(this.#forms.slice(this.#lengths.next()));
    this.#used.push(key);
    return key;
  }
}
