/**
 * The wall: what passes here is stored for ever and applied by every replica, so one bad change could break all of them.
 * Runs for every change of every push; it allocates nothing for one that is as usual.
 */
import {
  changeFault,
  describeSchema,
  SENTINEL,
  unpackKey,
  type Change,
  type ReplicatedTable,
} from '@tributary/database/changes';
import { MAX_KEY_BYTES, ProtocolError, type Batch } from '@tributary/sync/protocol';
import { UnknownNames } from './unknown-names.ts';

export interface BatchCheckOptions {
  readonly schema: Parameters<typeof describeSchema>[0];
  /** Refuse every name that the schema does not know. */
  readonly strictNames: boolean;
  readonly maxUnknownNames: number;
  readonly maxValueBytes: number;
}

export interface BatchPlace {
  /** The last entry of the log. */
  readonly head: number;
  /** Which unknown names the workspace has already. */
  readonly unknownNames: ReadonlySet<string>;
}

/** No character of UTF-16 takes more bytes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

const MAX_NAMED_LENGTH = 64;

export class BatchCheck {
  readonly #tables: ReadonlyMap<string, ReplicatedTable>;
  readonly #options: BatchCheckOptions;

  constructor(options: BatchCheckOptions) {
    this.#tables = describeSchema(options.schema);
    this.#options = options;
  }

  /** Throws `change_refused` with the rule; returns the names that the schema does not know. */
  check(batch: Batch, { head, unknownNames }: BatchPlace): readonly string[] {
    if (batch.changes.length === 0) throw refused('a batch has no changes');
    if (batch.base !== undefined && batch.base > head) {
      throw refused(`the base ${batch.base} is above ${head}, the last entry of the log`);
    }
    const unknown = new UnknownNames(this.#tables, unknownNames);
    for (const change of batch.changes) {
      const table = this.#tables.get(change.table);
      const fault = changeFault(change, table) ?? this.#boundsFault(change, batch);
      if (fault !== undefined) throw refused(`a change of ${nameOf(change)} ${fault}`);
      if (table === undefined || !(change.cid === SENTINEL || table.columns.has(change.cid))) {
        const unknownFault = unknown.add(change, table) ?? (table ? undefined : keyFault(change.pk));
        if (unknownFault !== undefined) throw refused(`a change of ${nameOf(change)} ${unknownFault}`);
      }
    }
    return this.#admitted(unknown);
  }

  #boundsFault({ pk, val, dbVersion, siteId }: Change, { prevVersion, toVersion, refill }: Batch): string | undefined {
    if (pk.length > MAX_KEY_BYTES) return `has a key of ${pk.length} bytes, more than ${MAX_KEY_BYTES}`;
    const { maxValueBytes } = this.#options;
    if (typeof val === 'string') {
      if (val.length * MAX_BYTES_PER_UNIT > maxValueBytes && Buffer.byteLength(val) > maxValueBytes) {
        return `has a value of ${Buffer.byteLength(val)} bytes, more than ${maxValueBytes}`;
      }
    } else if (val instanceof Uint8Array && val.length > maxValueBytes) {
      return `has a value of ${val.length} bytes, more than ${maxValueBytes}`;
    }
    if (refill) return isZero(siteId) ? 'has a site id of zeros' : undefined;
    if (dbVersion <= prevVersion || dbVersion > toVersion) {
      return `has the version ${dbVersion}, outside (${prevVersion}, ${toVersion}]`;
    }
    return undefined;
  }

  #admitted(unknown: UnknownNames): readonly string[] {
    const { strictNames, maxUnknownNames } = this.#options;
    const [first] = unknown.used;
    if (first === undefined) return unknown.used;
    if (strictNames) throw refused(`${first} is not in the schema`);
    if (unknown.total > maxUnknownNames) {
      throw refused(`${first} is not in the schema, and the workspace may have ${maxUnknownNames} such names`);
    }
    return unknown.used;
  }
}

/** Of a table that nobody here knows: any types, but a key that can be unpacked. */
function keyFault(pk: Uint8Array): string | undefined {
  try {
    return unpackKey(pk).length === 0 ? 'has a primary key without columns' : undefined;
  } catch {
    return 'has a primary key that cannot be unpacked';
  }
}

function isZero(siteId: Uint8Array): boolean {
  return siteId.every((byte) => byte === 0);
}

function nameOf({ table, cid }: Change): string {
  return `${table.slice(0, MAX_NAMED_LENGTH)}.${cid.slice(0, MAX_NAMED_LENGTH)}`;
}

function refused(message: string): ProtocolError {
  return new ProtocolError('change_refused', message);
}
