/** The columns and column versions of a batch's changes. */
import type { Change } from '@tributary/database/changes';
import type { Fields, MessageWriter } from '../wire/message-fields.ts';
import { ColumnReader, VarintWriter } from '../wire/varints.ts';
import { BODY } from './body-fields.ts';
import { entryOf, TextDictionary, textsOf } from './dictionaries.ts';

export class CellWriter {
  readonly #names = new TextDictionary();
  readonly #columns = new VarintWriter(0);
  readonly #versions = new VarintWriter(1);

  push({ cid, colVersion }: Change): void {
    this.#columns.uint32(this.#names.indexOf(cid));
    this.#versions.uint32(colVersion);
  }

  writeTo(message: MessageWriter): void {
    this.#names.writeTo(message, BODY.columns);
    message.bytes(BODY.cellColumns, this.#columns.finish());
    message.bytes(BODY.cellVersions, this.#versions.finish());
  }
}

export class CellReader {
  readonly #names: readonly string[];
  readonly #columns: ColumnReader;
  readonly #versions: ColumnReader;

  constructor({ bytes, lists }: Fields) {
    this.#names = textsOf(lists[BODY.columns]);
    this.#columns = new ColumnReader(bytes[BODY.cellColumns], 0);
    this.#versions = new ColumnReader(bytes[BODY.cellVersions], 1);
  }

  get isAtEnd(): boolean {
    return this.#columns.isAtEnd && this.#versions.isAtEnd;
  }

  nextColumn(): string {
    return entryOf(this.#names, this.#columns.uint32());
  }

  nextVersion(): number {
    return this.#versions.uint32();
  }
}
