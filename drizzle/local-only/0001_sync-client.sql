CREATE TABLE `sync_bases` (
	`db_version` integer PRIMARY KEY NOT NULL,
	`base` integer
);
--> statement-breakpoint
CREATE TABLE `sync_covered` (
	`hash` integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sync_metrics` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`name` text NOT NULL,
	`value` real NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sync_metrics_recent` ON `sync_metrics` (`at`);--> statement-breakpoint
ALTER TABLE `sync_state` ADD `cursor_mark` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_state` ADD `settled_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_state` ADD `refill_version` integer;