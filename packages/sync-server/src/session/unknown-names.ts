/**
 * The names in one batch that only a newer app knows. They are stored for the replicas that do, but a name is for ever:
 * none may be reserved, shadow a known one, or be one of too many.
 */
import { SENTINEL, type Change, type ReplicatedTable } from '@tributary/database/changes';

/** SQLite compares names without case; so must this, lest another spelling slip through. */
const RESERVED = /^(?:sqlite_|crsql_)|__crsql_/i;

const NONE: readonly string[] = [];

export class UnknownNames {
  readonly #tables: ReadonlyMap<string, ReplicatedTable>;
  readonly #stored: ReadonlySet<string>;
  #used: Set<string> | undefined;

  constructor(tables: ReadonlyMap<string, ReplicatedTable>, stored: ReadonlySet<string>) {
    this.#tables = tables;
    this.#stored = stored;
  }

  /** Tables as `table`, columns as `table.column`. */
  get used(): readonly string[] {
    return this.#used === undefined ? NONE : [...this.#used];
  }

  /** How many the workspace would have. */
  get total(): number {
    return this.#stored.size + this.used.filter((name) => !this.#stored.has(name)).length;
  }

  /** Returns what is wrong with the name, if anything. */
  add({ table, cid }: Change, known: ReplicatedTable | undefined): string | undefined {
    this.#used ??= new Set();
    if (known === undefined && !this.#used.has(table)) {
      const fault = faultOf(table, this.#tables.keys());
      if (fault !== undefined) return `has a table that ${fault}`;
      this.#used.add(table);
    }
    const column = `${table}.${cid}`;
    if (cid !== SENTINEL && !this.#used.has(column)) {
      const fault = faultOf(cid, known?.columns.keys() ?? []);
      if (fault !== undefined) return `has a column that ${fault}`;
      this.#used.add(column);
    }
    return undefined;
  }
}

function faultOf(name: string, knownNames: Iterable<string>): string | undefined {
  if (RESERVED.test(name)) return 'has a reserved name';
  return isSpelledOtherwise(name, knownNames) ? 'the schema spells otherwise' : undefined;
}

function isSpelledOtherwise(name: string, knownNames: Iterable<string>): boolean {
  const folded = name.toLowerCase();
  for (const known of knownNames) {
    if (known.toLowerCase() === folded) return true;
  }
  return false;
}
