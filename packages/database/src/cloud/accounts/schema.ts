import { pgSchema } from 'drizzle-orm/pg-core';

/** Accounts, which the cloud owns. */
export const auth = pgSchema('auth');

export const authComment = 'Accounts, sessions and memberships, which the cloud owns.';
