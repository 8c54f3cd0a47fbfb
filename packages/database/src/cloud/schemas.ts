import { pgSchema } from 'drizzle-orm/pg-core';

/** What people read: one table per replicated table of the workspace. */
export const app = pgSchema('app');

/** The projector's machinery, and what an admin asks about it. */
export const sync = pgSchema('sync');

/** What is counted and charged. */
export const billing = pgSchema('billing');

export const schemaComments: Readonly<Record<'app' | 'sync' | 'billing', string>> = {
  app: 'The merged rows of every workspace, one table per table of the local database. For reading: a projector writes it from the log of the relay.',
  sync: 'How the projection is kept: clocks, cursors, quarantine. The views lag and orphans answer questions about its health.',
  billing: 'Usage by workspace and day, and what is charged for it.',
};
