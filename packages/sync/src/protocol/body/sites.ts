/** Whose changes they are. Only a refill says so of each; any other batch is its author's throughout. */
import { SITE_ID_BYTES, type Change } from '@tributary/database/changes';
import { malformed } from '../errors.ts';
import type { Fields, MessageWriter } from '../wire/message-fields.ts';
import { ColumnReader, VarintWriter } from '../wire/varints.ts';
import { BODY } from './body-fields.ts';
import { ByteDictionary, entryOf, isSameBytes } from './dictionaries.ts';

export class SiteWriter {
  readonly #isRefill: boolean;
  readonly #dictionary = new ByteDictionary();
  readonly #sites = new VarintWriter(0);
  #last: Uint8Array | undefined;
  #index = 0;

  constructor(isRefill: boolean) {
    this.#isRefill = isRefill;
  }

  push({ siteId }: Change): void {
    if (this.#last === undefined || !isSameBytes(this.#last, siteId)) this.#begin(siteId);
    this.#sites.uint32(this.#index);
  }

  writeTo(message: MessageWriter): void {
    if (!this.#isRefill) return;
    for (const site of this.#dictionary.entries) message.element(BODY.sites, site);
    message.bytes(BODY.cellSites, this.#sites.finish());
  }

  #begin(siteId: Uint8Array): void {
    if (siteId.length !== SITE_ID_BYTES) throw new TypeError(`a site id cannot have ${siteId.length} bytes`);
    if (this.#last && !this.#isRefill) throw new TypeError('only a refill can hold changes of several sites');
    this.#last = siteId;
    this.#index = this.#dictionary.indexOf(siteId);
  }
}

export class SiteReader {
  readonly #dictionary: readonly Uint8Array[];
  readonly #sites: ColumnReader;

  /** Without an author it is a refill. */
  constructor({ bytes, lists }: Fields, author: Uint8Array | undefined) {
    const sites = lists[BODY.sites];
    if (author && (sites ?? bytes[BODY.cellSites])) throw malformed('only a refill may name sites');
    this.#dictionary = author ? [author] : (sites ?? []).map(siteIdOf);
    this.#sites = new ColumnReader(bytes[BODY.cellSites], 0);
  }

  get isAtEnd(): boolean {
    return this.#sites.isAtEnd;
  }

  next(): Uint8Array {
    return entryOf(this.#dictionary, this.#sites.uint32());
  }
}

function siteIdOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== SITE_ID_BYTES) throw malformed(`a site id has ${bytes.length} bytes`);
  return bytes.slice();
}
