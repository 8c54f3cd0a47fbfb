/**
 * The rows of a statement as a table, as CSV or as JSON. The last two are exact: what a format cannot say as it is, such as a
 * whole number that JSON's readers would round, is a string. Each is written as it comes, but the table, which needs widths.
 */
import { parseArrayText, type ParsedArray } from '../../cloud/values/array-text.ts';
import type { StatementColumn } from '../../control/operations/run-statement.ts';
import { elementOf, isNumber, kindOf, type SqlKind } from './sql-types.ts';
import { textTable } from './text-table.ts';

export const SQL_FORMATS = ['table', 'csv', 'json'] as const;
export type SqlFormat = (typeof SQL_FORMATS)[number];

export type SqlRow = readonly (string | null)[];

export interface SqlWriter {
  begin(columns: readonly StatementColumn[]): void;
  add(rows: readonly SqlRow[]): void;
  end(): void;
}

export function createSqlWriter(format: SqlFormat, out: (text: string) => void): SqlWriter {
  if (format === 'csv') return new CsvWriter(out);
  return format === 'json' ? new JsonWriter(out) : new TableWriter(out);
}

class TableWriter implements SqlWriter {
  readonly #out: (text: string) => void;
  #columns: readonly StatementColumn[] = [];
  readonly #rows: string[][] = [];

  constructor(out: (text: string) => void) {
    this.#out = out;
  }

  begin(columns: readonly StatementColumn[]): void {
    this.#columns = columns;
  }

  add(rows: readonly SqlRow[]): void {
    for (const row of rows) this.#rows.push(row.map(tableCell));
  }

  end(): void {
    const columns = this.#columns.map(({ name, type }) => ({
      name,
      align: isNumber(type) ? ('right' as const) : ('left' as const),
    }));
    this.#out(textTable(columns, this.#rows));
  }
}

/** NULL is what no text looks like. */
function tableCell(text: string | null): string {
  if (text === null) return 'NULL';
  return text === 'NULL' ? '"NULL"' : text;
}

/** RFC 4180, as PostgreSQL's COPY writes it: NULL is nothing at all, and an empty text is "". */
class CsvWriter implements SqlWriter {
  readonly #out: (text: string) => void;

  constructor(out: (text: string) => void) {
    this.#out = out;
  }

  begin(columns: readonly StatementColumn[]): void {
    this.#write(columns.map(({ name }) => name));
  }

  add(rows: readonly SqlRow[]): void {
    for (const row of rows) this.#write(row);
  }

  end(): void {}

  #write(row: SqlRow): void {
    this.#out(`${row.map(csvField).join(',')}\n`);
  }
}

function csvField(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An array with an object on each line. */
class JsonWriter implements SqlWriter {
  readonly #out: (text: string) => void;
  #columns: readonly { readonly key: string; readonly type: number }[] = [];
  #count = 0;

  constructor(out: (text: string) => void) {
    this.#out = out;
  }

  begin(columns: readonly StatementColumn[]): void {
    const names = distinct(columns.map(({ name }) => name));
    this.#columns = columns.map(({ type }, index) => ({ key: JSON.stringify(names[index]), type }));
    this.#out('[');
  }

  add(rows: readonly SqlRow[]): void {
    for (const row of rows) {
      const fields = this.#columns.map(({ key, type }, index) => `${key}:${jsonOf(row[index] ?? null, type)}`);
      this.#out(`${this.#count++ === 0 ? '\n' : ',\n'}{${fields.join(',')}}`);
    }
  }

  end(): void {
    this.#out(this.#count === 0 ? ']\n' : '\n]\n');
  }
}

/** An object has each key once: `id`, `id_2`. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let count = 2; taken.has(free); count++) free = `${name}_${count}`;
    taken.add(free);
    return free;
  });
}

function jsonOf(text: string | null, type: number): string {
  if (text === null) return 'null';
  const element = elementOf(type);
  if (element !== undefined)
    return jsonOfArray(
      parseArrayText(text, (item) => item),
      element,
    );
  return JSON_OF[kindOf(type)](text);
}

const asString = (text: string): string => JSON.stringify(text);

const JSON_OF: Readonly<Record<SqlKind, (text: string) => string>> = {
  boolean: (text) => (text === 't' ? 'true' : 'false'),
  integer: (text) => (Number.isSafeInteger(Number(text)) ? text : asString(text)),
  float: (text) => (Number.isFinite(Number(text)) ? String(Number(text)) : asString(text)),
  numeric: asString,
  json: onOneLine,
  moment: (text) => asString(isoMoment(text)),
  text: asString,
};

function jsonOfArray(value: string | null | ParsedArray<string>, element: number): string {
  if (Array.isArray(value)) return `[${value.map((item) => jsonOfArray(item, element)).join(',')}]`;
  return jsonOf(value, element);
}

/** As it is written, digits and all; a line break can only stand between two of its parts. */
function onOneLine(json: string): string {
  return json.replaceAll(/[\r\n]+/g, ' ');
}

/** `2024-02-29 12:00:00.123456+00` → `2024-02-29T12:00:00.123456Z`; infinity, and years of other lengths, stay. */
function isoMoment(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(\+00)?$/.exec(text);
  return match === null ? text : `${match[1]}T${match[2]}${match[3] === undefined ? '' : 'Z'}`;
}
