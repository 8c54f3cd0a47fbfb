/**
 * Typed data access to one table whose rows have an id, timestamps and a trash. Input is checked here, times are
 * written here, and a write that would change nothing is left out: each written cell becomes a change to sync.
 */
import { eq, getTableColumns, getTableName } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { DatabaseError } from '../errors.ts';
import { idField } from './field-rules.ts';
import { parseInput } from './input.ts';
import {
  RowReader,
  trashField,
  type CountQuery,
  type Page,
  type PageQuery,
  type RowQuery,
  type Trash,
} from './row-query.ts';
import * as rule from './rule.ts';
import { withStorageErrors } from './storage-errors.ts';
import { tableInput, type FieldRules, type FieldValues, type TableInput } from './table-input.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type RowTable = SQLiteTable & Readonly<Record<'id' | ManagedField, SQLiteColumn>>;

/** Written by the repository alone. */
export type ManagedField = 'createdAt' | 'updatedAt' | 'deletedAt';

export type Row<T extends SQLiteTable> = Readonly<T['$inferSelect']>;

/** What `create` takes: `Needed` fields must be given, the others have defaults. */
export type NewRow<T extends SQLiteTable, Needed extends keyof T['$inferInsert'] = never> = Readonly<
  Omit<T['$inferInsert'], ManagedField | Needed | 'id'> & {
    [K in Needed]: NonNullable<T['$inferInsert'][K]>;
  } & { id?: string }
>;

export type Patch<T extends SQLiteTable> = Readonly<Partial<Omit<T['$inferInsert'], ManagedField | 'id'>>>;

export interface RowPatch<T extends SQLiteTable> {
  readonly id: string;
  readonly patch: Patch<T>;
}

export interface FindOptions {
  /** `without` by default. */
  readonly trash?: Trash;
}

export interface RepositoryOptions<T extends RowTable> {
  readonly table: T;
  readonly rules?: FieldRules<T>;
  /** What `create` takes beside the columns. */
  readonly extraInput?: rule.Fields;
}

export class Repository<
  T extends RowTable,
  Needed extends keyof T['$inferInsert'] & string = never,
  Extra extends object = object,
> {
  protected readonly replica: WorkspaceReplica;
  protected readonly name: string;
  readonly #table: SQLiteTable;
  readonly #id: SQLiteColumn;
  readonly #input: TableInput;
  readonly #reader: RowReader;

  constructor(replica: WorkspaceReplica, { table, rules = {}, extraInput = {} }: RepositoryOptions<T>) {
    this.replica = replica;
    this.name = getTableName(table);
    this.#table = table;
    this.#id = table.id;
    this.#input = tableInput(table, rules, extraInput);
    this.#reader = new RowReader(replica, table);
  }

  create(input: NewRow<T, Needed> & Extra): Row<T> {
    const values = parseInput(this.#input.insert, input, `a new row of ${this.name}`);
    return this.transaction('create', () => this.insert(values));
  }

  /** All or none. */
  createMany(inputs: readonly (NewRow<T, Needed> & Extra)[]): Row<T>[] {
    const rows = parseInput(rule.list(this.#input.insert), inputs, `new rows of ${this.name}`);
    return this.transaction('create', () => rows.map((values) => this.insert(values)));
  }

  findById(id: string, { trash = 'without' }: FindOptions = {}): Row<T> | undefined {
    const wanted = parseInput(trashField, trash, 'trash');
    const row = this.#find(id);
    return row && (wanted === 'with' || isTrashed(row) === (wanted === 'only')) ? row : undefined;
  }

  /** The row, in the trash or not; throws `row_not_found`. */
  getById(id: string): Row<T> {
    const row = this.#find(id);
    if (!row) throw new DatabaseError('row_not_found', `there is no row ${id} in ${this.name}`);
    return row;
  }

  findMany(query: RowQuery<T> = {}): Row<T>[] {
    return this.read(() => this.#reader.find(query) as Row<T>[]);
  }

  count(query: CountQuery<T> = {}): number {
    return this.read(() => this.#reader.count(query));
  }

  /** Pages that neither skip nor repeat a row when others are inserted meanwhile. */
  findPage(query: PageQuery<T> = {}): Page<Row<T>> {
    return this.read(() => this.#reader.page(query) as Page<Row<T>>);
  }

  /** Writes what differs; a patch that changes nothing writes nothing. Rows in the trash can be edited too. */
  update(id: string, patch: Patch<T>): Row<T> {
    const values = parseInput(this.#input.update, patch, `a change of ${this.name}`);
    return this.transaction('update', () => this.#edit(id, values));
  }

  /** All or none. */
  updateMany(patches: readonly RowPatch<T>[]): Row<T>[] {
    const edit = rule.object({ id: idField, patch: this.#input.update });
    const edits = parseInput(rule.list(edit), patches, `changes of ${this.name}`);
    return this.transaction('update', () => edits.map(({ id, patch }) => this.#edit(id, patch)));
  }

  /** Into the trash. */
  delete(id: string): Row<T> {
    return this.transaction('delete', () => {
      const row = this.getById(id);
      return isTrashed(row) ? row : this.#write(id, { deletedAt: this.replica.now() });
    });
  }

  /** Out of the trash. */
  restore(id: string): Row<T> {
    return this.stamp(id, { deletedAt: null });
  }

  /** For good, with what belongs to the row. */
  purge(id: string): void {
    this.transaction('purge', () => {
      this.getById(id);
      this.purgeBelongings(id);
      this.replica.db.delete(this.#table).where(eq(this.#id, id)).run();
    });
  }

  /** Rows of other tables that have no meaning without this one. */
  protected purgeBelongings(_id: string): void {}

  /** May throw to refuse an edit; `changes` holds only what differs. */
  protected assertMayChange(_row: Row<T>, _changes: FieldValues): void {}

  /** Inserts checked values, inside a transaction. */
  protected insert(values: FieldValues): Row<T> {
    const now = this.replica.now();
    const row = { ...values, id: values['id'] ?? this.replica.newId(), createdAt: now, updatedAt: now };
    return this.replica.db.insert(this.#table).values(row).returning().get() as Row<T>;
  }

  /** Sets fields that record something about the row and are no edit of it: `updatedAt` stays. */
  protected stamp(id: string, values: FieldValues): Row<T> {
    return this.transaction('update', () => {
      const row = this.getById(id);
      const changes = this.#differing(row, values);
      return isEmpty(changes) ? row : this.#write(id, changes);
    });
  }

  /** Sets a time that is not set yet, to now; one that is set stays. */
  protected setTimeOnce(id: string, field: keyof Patch<T> & string): Row<T> {
    return this.transaction('update', () => {
      const row = this.getById(id);
      const isSet = (row as FieldValues)[field] !== null;
      return isSet ? row : this.#edit(id, { [field]: this.replica.now() });
    });
  }

  protected transaction<R>(action: string, body: () => R): R {
    return withStorageErrors(`${action} in ${this.name}`, () => this.replica.transaction(body));
  }

  protected read<R>(body: () => R): R {
    return withStorageErrors(`read ${this.name}`, body);
  }

  #find(id: string): Row<T> | undefined {
    const key = parseInput(idField, id, 'the id');
    return this.read(() => this.replica.db.select().from(this.#table).where(eq(this.#id, key)).get()) as
      Row<T> | undefined;
  }

  #edit(id: string, values: FieldValues): Row<T> {
    const row = this.getById(id);
    const changes = this.#differing(row, values);
    if (isEmpty(changes)) return row;
    this.assertMayChange(row, changes);
    return this.#write(id, { ...changes, updatedAt: this.replica.now() });
  }

  /** Compared as the database stores them, so JSON counts as changed only if its text is. */
  #differing(row: Row<T>, values: FieldValues): FieldValues {
    const current = row as FieldValues;
    const columns = getTableColumns(this.#table);
    const stored = (field: string, value: unknown) => (value === null ? null : columns[field]?.mapToDriverValue(value));
    return Object.fromEntries(
      Object.entries(values).filter(
        ([field, value]) => value !== undefined && stored(field, value) !== stored(field, current[field]),
      ),
    );
  }

  #write(id: string, changes: FieldValues): Row<T> {
    return this.replica.db.update(this.#table).set(changes).where(eq(this.#id, id)).returning().get() as Row<T>;
  }
}

function isTrashed(row: { readonly deletedAt?: unknown }): boolean {
  return row.deletedAt !== null;
}

function isEmpty(values: FieldValues): boolean {
  return Object.keys(values).length === 0;
}
