/** An app at two ages: the later one has a migration, a table and a command more. */
import type { Replica, ReplicaSchema } from '@tributary/database/browser';
import { defineCommands } from '@tributary/sync/tabs';
import { itemsSchema } from './transactions.ts';

export type ReleaseName = 'old' | 'new';

export interface ItemInput {
  readonly id: string;
  readonly body: string;
}

const write = ({ repositories }: { readonly repositories: Replica }, { id, body }: ItemInput): void => {
  repositories.sqlite.prepare('INSERT INTO items (id, body) VALUES (?, ?)').run(id, body);
};

const oldCommands = defineCommands<Replica>()({ write });

const newCommands = defineCommands<Replica>()({
  write,
  label: ({ repositories }, { id, name }: { readonly id: string; readonly name: string }) => {
    repositories.sqlite.prepare('INSERT INTO labels (id, name) VALUES (?, ?)').run(id, name);
    repositories.sqlite.prepare('UPDATE items SET stars = 5 WHERE id = ?').run(id);
  },
});

export type AppCommands = typeof newCommands;

const newSchema: ReplicaSchema = {
  ...itemsSchema,
  replicated: [...itemsSchema.replicated, 'labels'],
  migrations: [
    ...itemsSchema.migrations,
    {
      tag: '0001_labels',
      sql: `ALTER TABLE items ADD stars INTEGER DEFAULT 0 NOT NULL
--> statement-breakpoint
CREATE TABLE labels (id TEXT PRIMARY KEY NOT NULL, name TEXT)`,
    },
  ],
};

export const releases = {
  old: { version: 1, schema: itemsSchema, commands: oldCommands },
  new: { version: 2, schema: newSchema, commands: newCommands },
} as const;
