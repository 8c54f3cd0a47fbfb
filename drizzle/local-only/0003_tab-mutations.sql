CREATE TABLE `tab_mutations` (
	`id` text PRIMARY KEY NOT NULL,
	`result` text NOT NULL,
	`applied_at` integer NOT NULL
);
