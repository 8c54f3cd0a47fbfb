/**
 * Column shapes of the cloud copy, by the names that they have in `schema/columns.ts`: what the local database keeps as
 * milliseconds, numbers and text has its proper type here. Nullability and defaults are the same on both sides.
 */
import { sql } from 'drizzle-orm';
import { bigint, boolean, customType, doublePrecision, jsonb, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** A UUID of the row, made on a device. */
export const id = () => uuid('id').notNull();

/** A reference by UUID. No foreign key: a merge may deliver the row it names later, or never; see `references.ts`. */
export const reference = (name: string) => uuid(name);

/**
 * The id of a member. Text, because it is the subject of a token: a relay that trusts another issuer sees subjects such as
 * `auth0|5f7c8ec7`.
 */
export const member = (name: string) => text(name);

export const time = (name: string) => timestamp(name, { withTimezone: true });

/** A time that is never null; 0 ms where no cell has arrived. */
export const stamp = (name: string) =>
  time(name)
    .notNull()
    .default(sql`'epoch'`);

export const flag = (name: string) => boolean(name).notNull().default(false);

export const string = (name: string) => text(name).notNull().default('');

export const word = (name: string, initial: string) => text(name).notNull().default(initial);

/** A count or a size. All of ours fit a JavaScript number. */
export const count = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0);

export const real = (name: string, initial: number) => doublePrecision(name).notNull().default(initial);

export const jsonObject = (name: string) =>
  jsonb(name).$type<Readonly<Record<string, unknown>>>().notNull().default({});

export const jsonList = (name: string) => jsonb(name).$type<readonly unknown[]>().notNull().default([]);

export const jsonValue = (name: string) => jsonb(name).$type<unknown>();

export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

export const workspaceId = () => text('workspace_id').notNull();

export const timestamps = {
  createdAt: stamp('created_at'),
  updatedAt: stamp('updated_at'),
};

export const trash = {
  deletedAt: time('deleted_at'),
};

/** Who changed a row last, and when that reached the cloud. */
export const provenance = {
  _updatedBy: text('_updated_by').notNull(),
  _updatedAt: timestamp('_updated_at', { withTimezone: true }).notNull(),
  _version: bigint('_version', { mode: 'number' }).notNull(),
  _extra: jsonb('_extra').$type<Readonly<Record<string, unknown>>>(),
};
