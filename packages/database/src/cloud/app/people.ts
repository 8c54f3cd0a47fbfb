import { text } from 'drizzle-orm/pg-core';
import { id, jsonObject, jsonValue, member, provenance, string, time } from '../columns.ts';
import { timestamps, trash, word, workspaceId } from '../columns.ts';
import { provenanceComments, timestampComments, trashComments, workspaceComments } from '../comments.ts';
import type { TableComments } from '../comments.ts';
import { readable } from '../readable.ts';
import { app } from '../schemas.ts';

/** A workspace has few of these rows: the key is index enough for all three tables. */

export const users = app.table(
  'users',
  {
    workspaceId: workspaceId(),
    id: member('id').notNull(),
    name: string('name'),
    email: string('email'),
    avatarUrl: text('avatar_url'),
    preferences: jsonObject('preferences'),
    lastActiveAt: time('last_active_at'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => readable(table.workspaceId, table.id),
);

export const usersComments: TableComments<typeof users> = {
  table: 'Profiles of the members of a workspace, as they wrote them. Accounts are in the schema auth.',
  columns: {
    ...workspaceComments,
    id: 'The member: the subject of their tokens, or a UUIDv7. Text, for subjects need not be UUIDs.',
    name: 'What the member is called.',
    email: 'The address that the profile shows; nobody has verified it.',
    avatarUrl: 'Where their picture is.',
    preferences: 'Preferences, such as theme and language.',
    lastActiveAt: 'When the member was last seen to be active, by the clock of the app.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

export const devices = app.table(
  'devices',
  {
    workspaceId: workspaceId(),
    id: id(),
    userId: member('user_id'),
    siteId: string('site_id'),
    name: string('name'),
    platform: word('platform', 'web'),
    appVersion: text('app_version'),
    lastSyncAt: time('last_sync_at'),
    ...timestamps,
    ...trash,
    ...provenance,
  },
  (table) => readable(table.workspaceId, table.id),
);

export const devicesComments: TableComments<typeof devices> = {
  table: 'The devices of a workspace: names for the site ids in _updated_by.',
  columns: {
    ...workspaceComments,
    id: 'A UUIDv7, made by the device.',
    userId: 'The member whose device it is.',
    siteId: 'The site id of its replica, as 32 hexadecimal digits. A device that was reset has a new one.',
    name: 'What people call it.',
    platform: 'web, desktop, ios, android, cli or server.',
    appVersion: 'The version of the app it last ran.',
    lastSyncAt: 'When it last synced, by its own account.',
    ...timestampComments,
    ...trashComments,
    ...provenanceComments,
  },
};

export const settings = app.table(
  'settings',
  {
    workspaceId: workspaceId(),
    /** Empty for the whole workspace. */
    userId: member('user_id').notNull(),
    key: text('key').notNull(),
    value: jsonValue('value'),
    ...timestamps,
    ...provenance,
  },
  (table) => readable(table.workspaceId, table.userId, table.key),
);

export const settingsComments: TableComments<typeof settings> = {
  table: 'Settings: any JSON value per member and key.',
  columns: {
    ...workspaceComments,
    userId: 'The member; empty for a setting of the whole workspace.',
    key: 'What the setting is called.',
    value: 'Its value.',
    ...timestampComments,
    ...provenanceComments,
  },
};
