/**
 * What a table accepts from outside, derived from its columns and refined by rules for single fields. Ids may be given
 * but not changed; the timestamps and the trash are the repository's own.
 */
import { getTableColumns, type Column } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { createInsertSchema } from 'drizzle-zod';
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
  const refinements = Object.entries(getTableColumns(table)).map(([field, column]) => [field, refinementOf(column)]);
  const derived = createInsertSchema(table as SQLiteTable, { ...Object.fromEntries(refinements), ...rules } as never);
  const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, deletedAt: _deletedAt, ...fields } = derived.shape;
  return {
    insert: z.strictObject({ ...fields, id: idField.optional() }),
    update: z.strictObject(fields).partial(),
  };
}

/** Given as a function, so that drizzle-zod still adds whether the column is nullable or has a default. */
function refinementOf(column: Column): (schema: z.ZodType) => z.ZodType {
  const field = fieldOf(column);
  return (schema) => field ?? schema;
}

function fieldOf(column: Column): z.ZodType | undefined {
  if (isJson(column)) return jsonFieldOf(column);
  // All integers of the schema are counts, sizes or times.
  if (column.columnType === 'SQLiteInteger') return countField;
  return column.dataType === 'string' && !column.enumValues?.length ? textField : undefined;
}

/** The schema's only custom type is its JSON. */
export function isJson(column: Column): boolean {
  return column.dataType === 'custom';
}

function jsonFieldOf({ default: initial }: Column): z.ZodType {
  if (Array.isArray(initial)) return jsonListField;
  return typeof initial === 'object' && initial !== null ? jsonObjectField : jsonField;
}
