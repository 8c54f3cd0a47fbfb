CREATE TABLE `sync_former_values` (
	`table_name` text NOT NULL,
	`row_key` integer NOT NULL,
	`column_name` text NOT NULL,
	`val` blob,
	`site_ordinal` integer,
	`db_version` integer,
	PRIMARY KEY(`row_key`, `table_name`, `column_name`)
);
