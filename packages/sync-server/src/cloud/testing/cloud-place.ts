import type { CloudDatabase } from '../cloud-database.ts';

/** An empty database, and how to come to it: any number of times on PostgreSQL, once at a time on PGlite. */
export interface CloudPlace {
  open(): Promise<CloudDatabase>;
  /** Of a PostgreSQL. */
  readonly url?: string;
  /** Of PGlite. */
  readonly directory?: string;
}

/** How a kind makes places: each can be removed when nobody has it open. */
export type CreatePlace = () => Promise<CloudPlace & { remove(): Promise<void> }>;
