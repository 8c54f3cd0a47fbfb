/**
 * What a table accepts from outside, derived from its columns and refined by rules for single fields. Ids may be given
 * but not changed; the timestamps and the trash are the repository's own.
 */
import { getTableColumns, type Column } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { z } from 'zod';
import { countField, idField, jsonField, jsonListField, jsonObjectField, textField } from './field-rules.ts';

/** A rule replaces what the column alone would accept, so it says itself whether the field may be absent or null. */
export type FieldRules<T extends SQLiteTable> = Partial<Record<keyof T['$inferInsert'], z.ZodType>>;

export interface TableInput {
  readonly insert: z.ZodObject;
  /** Every field is optional. */
  readonly update: z.ZodObject;
}

export function tableInput<T extends SQLiteTable>(table: T, rules: FieldRules<T>): TableInput {
  const byField: Readonly<Record<string, z.ZodType | undefined>> = rules;
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
  } = Object.fromEntries(derived) as Record<string, z.ZodType>;
  return {
    insert: z.strictObject({ ...fields, id: idField.optional() }),
    update: z.strictObject(fields).partial(),
  };
}

function fieldOf(column: Column): z.ZodType {
  const { notNull, hasDefault } = column;
  const field = notNull ? valueOf(column) : valueOf(column).nullable();
  return notNull && !hasDefault ? field : field.optional();
}

function valueOf(column: Column): z.ZodType {
  if (isJson(column)) return jsonFieldOf(column);
  // All integers of the schema are counts, sizes or times.
  if (column.columnType === 'SQLiteInteger') return countField;
  if (column.dataType === 'boolean') return z.boolean();
  if (column.dataType === 'number') return z.number();
  if (column.getSQLType() === 'blob') return z.instanceof(Uint8Array);
  return column.enumValues?.length ? z.enum(column.enumValues) : textField;
}

/** The schema's only custom type of text is its JSON. */
export function isJson(column: Column): boolean {
  return column.dataType === 'custom' && column.getSQLType() === 'text';
}

function jsonFieldOf({ default: initial }: Column): z.ZodType {
  if (Array.isArray(initial)) return jsonListField;
  return typeof initial === 'object' && initial !== null ? jsonObjectField : jsonField;
}
