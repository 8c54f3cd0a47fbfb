/** A schema at two ages: the later one alters a large table and brings another. */

const items = {
  tag: '0000_items',
  sql: `CREATE TABLE local_migrations (tag text PRIMARY KEY NOT NULL, applied_at integer NOT NULL);
--> statement-breakpoint
CREATE TABLE local_meta (key text PRIMARY KEY NOT NULL, value text NOT NULL);
--> statement-breakpoint
CREATE TABLE sync_parked (table_name text NOT NULL, pk blob NOT NULL, cid text NOT NULL, site_id blob NOT NULL, val blob,
  col_version integer NOT NULL, db_version integer NOT NULL, cl integer NOT NULL, seq integer NOT NULL,
  PRIMARY KEY (table_name, pk, cid, site_id));
--> statement-breakpoint
CREATE TABLE items (id text PRIMARY KEY NOT NULL, name text DEFAULT '' NOT NULL);`,
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
