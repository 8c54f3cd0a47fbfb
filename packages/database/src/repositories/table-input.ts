/**
 * What a table accepts from outside, derived from its columns and refined by rules for single fields. Ids may be given
 * but not changed; the timestamps and the trash are the repository's own.
 */
import { getTableColumns, type Column } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { countField, idField, jsonField, jsonListField, jsonObjectField, textField } from './field-rules.ts';
import * as rule from './rule.ts';
import type { Fields, Rule } from './rule.ts';

/** A rule replaces what the column alone would accept, so it says itself whether the field may be absent or null. */
export type FieldRules<T extends SQLiteTable> = Partial<Record<keyof T['$inferInsert'], Rule<unknown>>>;

/** Checked values by field; `undefined` where none was given. */
export type FieldValues = Readonly<Record<string, unknown>>;

export interface TableInput {
  readonly insert: Rule<FieldValues>;
  /** Every field is optional. */
  readonly update: Rule<FieldValues>;
}

/** `extraInput` is what a new row takes beside the columns. */
export function tableInput<T extends SQLiteTable>(table: T, rules: FieldRules<T>, extraInput: Fields): TableInput {
  const byField: Readonly<Record<string, Rule<unknown> | undefined>> = rules;
  const derived = Object.entries(getTableColumns(table)).map(([field, column]) => [
    field,
    byField[field] ?? fieldOf(column),
  ]);
  const {
    id: _id,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    deletedAt: _deletedAt,
    ...fields
  } = Object.fromEntries(derived) as Record<string, Rule<unknown>>;
  const patch = Object.entries(fields).map(([field, ofField]) => [field, rule.optional(ofField)]);
  return {
    insert: rule.object({ ...fields, id: rule.optional(idField), ...extraInput }),
    update: rule.object(Object.fromEntries(patch)),
  };
}

function fieldOf(column: Column): Rule<unknown> {
  const { notNull, hasDefault } = column;
  const field = notNull ? valueOf(column) : rule.nullable(valueOf(column));
  return notNull && !hasDefault ? field : rule.optional(field);
}

function valueOf(column: Column): Rule<unknown> {
  if (isJson(column)) return jsonFieldOf(column);
  // All integers of the schema are counts, sizes or times.
  if (column.columnType === 'SQLiteInteger') return countField;
  if (column.dataType === 'boolean') return rule.boolean;
  if (column.dataType === 'number') return rule.number();
  if (column.getSQLType() === 'blob') return rule.bytes;
  return column.enumValues?.length ? rule.oneOf(column.enumValues) : textField;
}

/** The schema's only custom type of text is its JSON. */
export function isJson(column: Column): boolean {
  return column.dataType === 'custom' && column.getSQLType() === 'text';
}

function jsonFieldOf({ default: initial }: Column): Rule<unknown> {
  if (Array.isArray(initial)) return jsonListField;
  return typeof initial === 'object' && initial !== null ? jsonObjectField : jsonField;
}
