CREATE TABLE `agents` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`kind` text DEFAULT 'assistant' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`model` text DEFAULT '' NOT NULL,
	`instructions` text DEFAULT '' NOT NULL,
	`capabilities` text DEFAULT '[]' NOT NULL,
	`settings` text DEFAULT '{}' NOT NULL,
	`project_id` text,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `agents_by_project` ON `agents` (`project_id`);--> statement-breakpoint
CREATE TABLE `api_keys` (
	`user_id` text NOT NULL,
	`provider` text NOT NULL,
	`ciphertext` text DEFAULT '' NOT NULL,
	`hint` text DEFAULT '' NOT NULL,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer,
	PRIMARY KEY(`user_id`, `provider`)
);
--> statement-breakpoint
CREATE TABLE `chats` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text DEFAULT '' NOT NULL,
	`project_id` text,
	`agent_id` text,
	`model` text,
	`pinned` integer DEFAULT false NOT NULL,
	`archived_at` integer,
	`last_message_at` integer,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `chats_recent` ON `chats` (`deleted_at`,`last_message_at`);--> statement-breakpoint
CREATE INDEX `chats_by_project` ON `chats` (`project_id`,`last_message_at`);--> statement-breakpoint
CREATE TABLE `memories` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text DEFAULT 'fact' NOT NULL,
	`scope` text DEFAULT 'workspace' NOT NULL,
	`scope_id` text,
	`content` text DEFAULT '' NOT NULL,
	`importance` real DEFAULT 0.5 NOT NULL,
	`source_message_id` text,
	`expires_at` integer,
	`last_used_at` integer,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `memories_by_scope` ON `memories` (`scope`,`scope_id`,`importance`);--> statement-breakpoint
CREATE TABLE `messages` (
	`id` text PRIMARY KEY NOT NULL,
	`chat_id` text,
	`parent_id` text,
	`role` text DEFAULT 'user' NOT NULL,
	`status` text DEFAULT 'complete' NOT NULL,
	`content` text DEFAULT '' NOT NULL,
	`tool_calls` text DEFAULT '[]' NOT NULL,
	`model` text,
	`input_tokens` integer DEFAULT 0 NOT NULL,
	`output_tokens` integer DEFAULT 0 NOT NULL,
	`metadata` text DEFAULT '{}' NOT NULL,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `messages_by_chat` ON `messages` (`chat_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `entities` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text DEFAULT 'concept' NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`attributes` text DEFAULT '{}' NOT NULL,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `entities_by_name` ON `entities` (`deleted_at`,`name`);--> statement-breakpoint
CREATE INDEX `entities_by_kind` ON `entities` (`kind`);--> statement-breakpoint
CREATE TABLE `entity_relations` (
	`id` text PRIMARY KEY NOT NULL,
	`source_id` text,
	`target_id` text,
	`kind` text DEFAULT 'related' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`weight` real DEFAULT 1 NOT NULL,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `entity_relations_by_source` ON `entity_relations` (`source_id`);--> statement-breakpoint
CREATE INDEX `entity_relations_by_target` ON `entity_relations` (`target_id`);--> statement-breakpoint
CREATE TABLE `note_entities` (
	`note_id` text NOT NULL,
	`entity_id` text NOT NULL,
	`created_at` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`note_id`, `entity_id`)
);
--> statement-breakpoint
CREATE INDEX `note_entities_by_entity` ON `note_entities` (`entity_id`);--> statement-breakpoint
CREATE TABLE `reminders` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text DEFAULT '' NOT NULL,
	`note_id` text,
	`project_id` text,
	`due_at` integer,
	`recurrence` text,
	`completed_at` integer,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `reminders_due` ON `reminders` (`due_at`) WHERE completed_at is null and deleted_at is null;--> statement-breakpoint
CREATE INDEX `reminders_by_note` ON `reminders` (`note_id`);--> statement-breakpoint
CREATE TABLE `view_snapshots` (
	`id` text PRIMARY KEY NOT NULL,
	`view_id` text,
	`title` text DEFAULT '' NOT NULL,
	`data` text DEFAULT '{}' NOT NULL,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `view_snapshots_by_view` ON `view_snapshots` (`view_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `views` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`kind` text DEFAULT 'list' NOT NULL,
	`project_id` text,
	`query` text DEFAULT '{}' NOT NULL,
	`layout` text DEFAULT '{}' NOT NULL,
	`pinned` integer DEFAULT false NOT NULL,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `views_by_project` ON `views` (`project_id`);--> statement-breakpoint
CREATE TABLE `conflicts` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text DEFAULT 'overwrite' NOT NULL,
	`table_name` text DEFAULT '' NOT NULL,
	`row_key` blob,
	`column_name` text DEFAULT '' NOT NULL,
	`winning_value` text,
	`losing_value` text,
	`base_value` text,
	`winning_site` text DEFAULT '' NOT NULL,
	`losing_site` text DEFAULT '' NOT NULL,
	`resolution` text,
	`resolved_at` integer,
	`resolved_by` text,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `conflicts_open` ON `conflicts` (`resolved_at`,`created_at`);--> statement-breakpoint
CREATE TABLE `note_blocks` (
	`note_id` text NOT NULL,
	`id` text NOT NULL,
	`position` text DEFAULT '' NOT NULL,
	`kind` text DEFAULT 'paragraph' NOT NULL,
	`marker` text DEFAULT '' NOT NULL,
	`text` text DEFAULT '' NOT NULL,
	`checked` integer DEFAULT false NOT NULL,
	`spacing` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`note_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `note_blocks_todo` ON `note_blocks` (`checked`,`note_id`) WHERE kind = 'todo';--> statement-breakpoint
CREATE TABLE `notes` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text DEFAULT '' NOT NULL,
	`project_id` text,
	`pinned` integer DEFAULT false NOT NULL,
	`archived_at` integer,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `notes_recent` ON `notes` (`deleted_at`,`updated_at`);--> statement-breakpoint
CREATE INDEX `notes_by_project` ON `notes` (`project_id`,`updated_at`);--> statement-breakpoint
CREATE TABLE `tags` (
	`note_id` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`note_id`, `name`)
);
--> statement-breakpoint
CREATE INDEX `tags_by_name` ON `tags` (`name`);--> statement-breakpoint
CREATE TABLE `devices` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text,
	`site_id` text DEFAULT '' NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`platform` text DEFAULT 'web' NOT NULL,
	`app_version` text,
	`last_sync_at` integer,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `devices_by_user` ON `devices` (`user_id`);--> statement-breakpoint
CREATE INDEX `devices_by_site` ON `devices` (`site_id`);--> statement-breakpoint
CREATE TABLE `settings` (
	`user_id` text NOT NULL,
	`key` text NOT NULL,
	`value` text,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`user_id`, `key`)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`email` text DEFAULT '' NOT NULL,
	`avatar_url` text,
	`preferences` text DEFAULT '{}' NOT NULL,
	`last_active_at` integer,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE TABLE `attachments` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_kind` text DEFAULT 'note' NOT NULL,
	`owner_id` text,
	`name` text DEFAULT '' NOT NULL,
	`mime` text DEFAULT 'application/octet-stream' NOT NULL,
	`content_hash` text DEFAULT '' NOT NULL,
	`size_bytes` integer DEFAULT 0 NOT NULL,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `attachments_by_owner` ON `attachments` (`owner_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `attachments_by_hash` ON `attachments` (`content_hash`);--> statement-breakpoint
CREATE TABLE `files` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text,
	`path` text DEFAULT '' NOT NULL,
	`content_hash` text,
	`size_bytes` integer DEFAULT 0 NOT NULL,
	`language` text,
	`metadata` text DEFAULT '{}' NOT NULL,
	`modified_at` integer,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `files_by_project` ON `files` (`project_id`,`path`);--> statement-breakpoint
CREATE TABLE `projects` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`status` text DEFAULT 'active' NOT NULL,
	`color` text,
	`path` text,
	`repository` text,
	`settings` text DEFAULT '{}' NOT NULL,
	`last_opened_at` integer,
	`created_at` integer DEFAULT 0 NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE INDEX `projects_by_status` ON `projects` (`deleted_at`,`status`,`updated_at`);