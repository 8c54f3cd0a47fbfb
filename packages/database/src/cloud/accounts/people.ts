/** Who there is: accounts, how they sign in, and the devices and sessions that they are signed in with. */
import { index, integer, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytes, string, time } from '../columns.ts';
import type { TableComments } from '../comments.ts';
import { createdAt, moment, momentComments, updatedAt } from './moments.ts';
import { auth } from './schema.ts';

export const users = auth.table(
  'users',
  {
    id: uuid('id').primaryKey(),
    email: text('email').notNull(),
    name: string('name'),
    passwordHash: text('password_hash'),
    passwordChangedAt: time('password_changed_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [uniqueIndex('users_by_email').on(table.email)],
);

export const usersComments: TableComments<typeof users> = {
  table: 'An account: a person who may sign in.',
  columns: {
    id: 'The account, and the subject of its tokens.',
    email: 'The address that the person signs in with, in lower case. It is not known to be theirs.',
    name: 'What others see.',
    passwordHash: 'The password as argon2id keeps it; null for an account that signs in elsewhere only.',
    passwordChangedAt: 'When the password was last set; null where there is none.',
    ...momentComments,
  },
};

/** Goes with the account. */
export const ofUser = (name = 'user_id') => uuid(name).references(() => users.id, { onDelete: 'cascade' });

/** How the device unlocks the account's secret, which encrypts what nobody else may read. */
export const accountSecrets = auth.table('account_secrets', {
  userId: ofUser().primaryKey(),
  salt: bytes('salt').notNull(),
  iterations: integer('iterations').notNull(),
  wrapped: bytes('wrapped').notNull(),
  updatedAt: updatedAt(),
});

export const accountSecretsComments: TableComments<typeof accountSecrets> = {
  table: 'The secret of an account, encrypted on a device with a key made from the password. Useless without that.',
  columns: {
    userId: 'The account.',
    salt: 'What the key is made from, beside the password.',
    iterations: 'How often the password is hashed to make the key (PBKDF2, SHA-256).',
    wrapped: 'The secret as AES-GCM leaves it: 12 bytes of nonce, then ciphertext and tag.',
    updatedAt: 'When it was last encrypted anew.',
  },
};

export const identities = auth.table(
  'identities',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    userId: ofUser().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.subject] }), index('identities_by_user').on(table.userId)],
);

export const identitiesComments: TableComments<typeof identities> = {
  table: 'Who an account is at an identity provider that it signs in with (OpenID Connect).',
  columns: {
    issuer: 'The provider.',
    subject: 'Who the person is there; never given to somebody else.',
    userId: 'The account.',
    createdAt: 'When the person first signed in that way.',
  },
};

export const devices = auth.table(
  'devices',
  {
    id: uuid('id').primaryKey(),
    userId: ofUser().notNull(),
    name: string('name'),
    platform: string('platform'),
    createdAt: createdAt(),
    lastSeenAt: moment('last_seen_at'),
    revokedAt: time('revoked_at'),
  },
  (table) => [index('devices_by_user').on(table.userId)],
);

export const devicesComments: TableComments<typeof devices> = {
  table: 'Where an account is, or was, signed in.',
  columns: {
    id: 'The device, named in the tokens that it gets.',
    userId: 'The account.',
    name: 'What its owner calls it.',
    platform: 'What it is: web, desktop, cli and so on.',
    createdAt: 'When the person signed in there.',
    lastSeenAt: 'When it was last heard of, to the hour.',
    revokedAt: 'When it was shut out; null for one that may sync.',
  },
};

export const sessions = auth.table(
  'sessions',
  {
    id: uuid('id').primaryKey(),
    userId: ofUser().notNull(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id, { onDelete: 'cascade' }),
    seed: bytes('seed').notNull(),
    generation: integer('generation').notNull().default(1),
    rotatedAt: moment('rotated_at'),
    createdAt: createdAt(),
    expiresAt: time('expires_at').notNull(),
    endedAt: time('ended_at'),
    endReason: text('end_reason'),
  },
  (table) => [index('sessions_by_user').on(table.userId), index('sessions_by_device').on(table.deviceId)],
);

export const sessionsComments: TableComments<typeof sessions> = {
  table: 'One sign-in and the refresh tokens that followed from it, of which only the newest is good.',
  columns: {
    id: 'The session, named in its tokens.',
    userId: 'The account.',
    deviceId: 'Where it was begun.',
    seed: 'What its refresh tokens are made from, beside the key of the server.',
    generation: 'Which refresh token is the newest, counted from 1. An older one ends the session.',
    rotatedAt: 'When that was given out. The one before it is still good for a moment: two tabs may ask at once.',
    createdAt: 'When the person signed in.',
    expiresAt: 'When it ends by itself; every refresh moves it.',
    endedAt: 'When it was ended; null for one that lives.',
    endReason: 'Why: signed-out, revoked, reused, password-changed.',
  },
};

export const auditEvents = auth.table(
  'audit_events',
  {
    id: uuid('id').primaryKey(),
    at: moment('at'),
    kind: text('kind').notNull(),
    userId: ofUser(),
    workspaceId: text('workspace_id'),
    address: text('address'),
    detail: string('detail'),
  },
  (table) => [index('audit_events_by_user').on(table.userId, table.at), index('audit_events_by_time').on(table.at)],
);

export const auditEventsComments: TableComments<typeof auditEvents> = {
  table: 'What was done with accounts and workspaces. Goes with the account that did it.',
  columns: {
    id: 'The event.',
    at: 'When it happened.',
    kind: 'What was done, such as signed-in, sign-in-failed, device-revoked, role-changed.',
    userId: 'The account that did it, or that it was done to; null where nobody had signed in.',
    workspaceId: 'The workspace that it was about; null where it was none.',
    address: 'The network address that it came from; null for commands on the server.',
    detail: 'More about it, for people.',
  },
};
