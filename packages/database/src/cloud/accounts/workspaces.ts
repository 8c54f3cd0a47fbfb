/** Who shares what: workspaces, their members, the links that let others in, and what is to be erased. */
import { customType, index, integer, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytes, string, time } from '../columns.ts';
import type { TableComments } from '../comments.ts';
import { createdAt, moment, momentComments, updatedAt } from './moments.ts';
import { devices, ofUser } from './people.ts';
import { auth } from './schema.ts';

const role = customType<{ data: 'owner' | 'editor' | 'viewer' }>({ dataType: () => 'text' });

export const workspaces = auth.table(
  'workspaces',
  {
    id: text('id').primaryKey(),
    name: string('name'),
    ownerId: ofUser('owner_id').notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [index('workspaces_by_owner').on(table.ownerId)],
);

export const workspacesComments: TableComments<typeof workspaces> = {
  table: 'The workspaces that accounts share.',
  columns: {
    id: 'The workspace, as the relay and the cloud copy know it.',
    name: 'What its members call it.',
    ownerId: 'Whose plan it counts towards, and with whose account it goes. Always a member with the role owner.',
    ...momentComments,
  },
};

const ofWorkspace = () =>
  text('workspace_id')
    .notNull()
    .references(() => workspaces.id, { onDelete: 'cascade' });

export const members = auth.table(
  'members',
  {
    workspaceId: ofWorkspace(),
    userId: ofUser().notNull(),
    role: role('role').notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.userId] }), index('members_by_user').on(table.userId)],
);

export const membersComments: TableComments<typeof members> = {
  table: 'Who may do what in a workspace.',
  columns: {
    workspaceId: 'The workspace.',
    userId: 'The account.',
    role: 'owner, editor or viewer.',
    ...momentComments,
  },
};

export const invitations = auth.table(
  'invitations',
  {
    id: uuid('id').primaryKey(),
    workspaceId: ofWorkspace(),
    role: role('role').notNull(),
    tokenHash: bytes('token_hash').notNull(),
    createdBy: ofUser('created_by').notNull(),
    createdAt: createdAt(),
    expiresAt: time('expires_at').notNull(),
    usesLeft: integer('uses_left').notNull(),
  },
  (table) => [
    uniqueIndex('invitations_by_token').on(table.tokenHash),
    index('invitations_by_workspace').on(table.workspaceId),
  ],
);

export const invitationsComments: TableComments<typeof invitations> = {
  table: 'Links that make whoever follows them a member.',
  columns: {
    id: 'The invitation.',
    workspaceId: 'The workspace.',
    role: 'What the new member may do: owner, editor or viewer.',
    tokenHash: 'SHA-256 of what the link carries.',
    createdBy: 'The member who made it.',
    createdAt: 'When it was made.',
    expiresAt: 'Until when it is good.',
    usesLeft: 'How many people may still follow it.',
  },
};

/** A site is one person's: nobody else may push in its name. */
export const sites = auth.table(
  'sites',
  {
    workspaceId: ofWorkspace(),
    siteId: bytes('site_id').notNull(),
    userId: ofUser().notNull(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id, { onDelete: 'cascade' }),
    firstSeenAt: moment('first_seen_at'),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.siteId] }),
    index('sites_by_user').on(table.userId),
    index('sites_by_device').on(table.deviceId),
  ],
);

export const sitesComments: TableComments<typeof sites> = {
  table: 'Which replica is whose.',
  columns: {
    workspaceId: 'The workspace.',
    siteId: 'The site id of the replica, 16 bytes.',
    userId: 'The account that has synced with it; nobody else may.',
    deviceId: 'The device that it was last seen on.',
    firstSeenAt: 'When it first said so.',
  },
};

export const erasures = auth.table('erasures', {
  id: uuid('id').primaryKey(),
  workspaceId: text('workspace_id').notNull(),
  memberId: uuid('member_id'),
  requestedAt: moment('requested_at'),
});

export const erasuresComments: TableComments<typeof erasures> = {
  table:
    'What has been deleted for people and is still to be erased from the log and the cloud copy. Empty when all is done.',
  columns: {
    id: 'The erasure.',
    workspaceId: 'The workspace.',
    memberId: 'Whose rows go; null for the whole workspace.',
    requestedAt: 'When it was deleted.',
  },
};
