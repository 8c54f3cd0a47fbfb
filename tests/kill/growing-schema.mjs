/** A schema at two ages: the later one alters a large table and brings another. */

const items = {
  tag: '0000_items',
  sql: `CREATE TABLE items (id text PRIMARY KEY NOT NULL, name text DEFAULT '' NOT NULL);`,
};

const colours = {
  tag: '0001_colours',
  sql: `ALTER TABLE items ADD COLUMN colour text DEFAULT 'grey' NOT NULL;
--> statement-breakpoint
CREATE INDEX items_by_colour ON items (colour);
--> statement-breakpoint
CREATE TABLE labels (id text PRIMARY KEY NOT NULL, name text DEFAULT '' NOT NULL);`,
};

export const youngSchema = { tables: {}, replicated: ['items'], migrations: [items] };
export const grownSchema = { tables: {}, replicated: ['items', 'labels'], migrations: [items, colours] };
