import { customType, integer, text } from 'drizzle-orm/sqlite-core';

/**
 * Column shapes that every replicated table shares. A replicated column is either nullable or has a constant default:
 * cr-sqlite applies one cell at a time, so a row must be valid after any one of its cells has arrived.
 */

/** A text UUIDv7, written once and never updated. */
export const id = () => text('id').primaryKey().notNull();

/** A reference by id. Nothing enforces it: the row it names may arrive later, or be gone. */
export const reference = (name: string) => text(name);

/** Milliseconds since the epoch, from the app's server-corrected clock. */
export const time = (name: string) => integer(name);

export const flag = (name: string) => integer(name, { mode: 'boolean' }).notNull().default(false);

export const string = (name: string) => text(name).notNull().default('');

export const count = (name: string) => integer(name).notNull().default(0);

/** Drizzle's own blob column needs Node's Buffer to be read. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'blob' });

/** JSON as text. A merge replaces it whole: keep what two people may edit at once in columns of its own. */
export const jsonObject = (name: string) =>
  jsonText<Readonly<Record<string, unknown>>>(isObject, {})(name).notNull().default({});

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the type of the items is all that a caller says
export const jsonList = <T = unknown>(name: string) =>
  jsonText<readonly T[]>(Array.isArray, [])(name).notNull().default([]);

export const jsonValue = (name: string) => jsonText<unknown>(() => true, null)(name);

export const timestamps = {
  createdAt: count('created_at'),
  updatedAt: count('updated_at'),
};

/** `deleted_at` is the trash: the row stays, is hidden, and can be restored until it is purged. */
export const trash = {
  deletedAt: time('deleted_at'),
};

/**
 * Like drizzle's own JSON mode, except that text which is not the JSON it should be reads as `otherwise`: a peer may have
 * written it, and one such cell must not make every query over its table throw.
 */
function jsonText<T>(isExpected: (value: unknown) => boolean, otherwise: T) {
  return customType<{ data: T; driverData: string }>({
    dataType: () => 'text',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (stored) => {
      try {
        const value: unknown = JSON.parse(stored);
        return isExpected(value) ? (value as T) : otherwise;
      } catch {
        return otherwise;
      }
    },
  });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
