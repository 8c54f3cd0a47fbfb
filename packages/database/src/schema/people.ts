import { index, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { id, jsonObject, jsonValue, reference, string, time, timestamps, trash } from './columns.ts';

/** A member's profile and preferences. Credentials never leave the cloud. */
export const users = sqliteTable('users', {
  id: id(),
  name: string('name'),
  email: string('email'),
  avatarUrl: text('avatar_url'),
  preferences: jsonObject('preferences'),
  lastActiveAt: time('last_active_at'),
  ...timestamps,
  ...trash,
});

export const DEVICE_PLATFORMS = ['web', 'desktop', 'ios', 'android', 'cli', 'server'] as const;

/** Gives a replica's site id a name that people recognise. */
export const devices = sqliteTable(
  'devices',
  {
    id: id(),
    userId: reference('user_id'),
    /** Lower-case hex of the replica's 16 bytes. */
    siteId: string('site_id'),
    name: string('name'),
    platform: text('platform', { enum: DEVICE_PLATFORMS }).notNull().default('web'),
    appVersion: text('app_version'),
    lastSyncAt: time('last_sync_at'),
    ...timestamps,
    ...trash,
  },
  (table) => [index('devices_by_user').on(table.userId), index('devices_by_site').on(table.siteId)],
);

/** One value per member and key; the empty user id is the whole workspace. */
export const settings = sqliteTable(
  'settings',
  {
    userId: text('user_id').notNull(),
    key: text('key').notNull(),
    value: jsonValue('value'),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.userId, table.key] })],
);
