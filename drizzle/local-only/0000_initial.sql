CREATE TABLE `local_meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `local_migrations` (
	`position` integer PRIMARY KEY NOT NULL,
	`tag` text NOT NULL,
	`applied_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sync_acks` (
	`db_version` integer PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`acked_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sync_activity` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`message` text NOT NULL,
	`detail` text
);
--> statement-breakpoint
CREATE INDEX `sync_activity_recent` ON `sync_activity` (`at`);--> statement-breakpoint
CREATE TABLE `sync_parked` (
	`table_name` text NOT NULL,
	`pk` blob NOT NULL,
	`cid` text NOT NULL,
	`site_id` blob NOT NULL,
	`val` blob,
	`col_version` integer NOT NULL,
	`db_version` integer NOT NULL,
	`cl` integer NOT NULL,
	`seq` integer NOT NULL,
	PRIMARY KEY(`table_name`, `pk`, `cid`, `site_id`)
);
--> statement-breakpoint
CREATE TABLE `sync_state` (
	`workspace_id` text PRIMARY KEY NOT NULL,
	`epoch` text,
	`pull_cursor` integer DEFAULT 0 NOT NULL,
	`push_cursor` integer DEFAULT 0 NOT NULL,
	`last_synced_at` integer
);
