COMMENT ON SCHEMA app IS 'The merged rows of every workspace, one table per table of the local database. For reading: a projector writes it from the log of the relay.';
--> statement-breakpoint
COMMENT ON SCHEMA sync IS 'How the projection is kept: clocks, cursors, quarantine. The views lag and orphans answer questions about its health.';
--> statement-breakpoint
COMMENT ON SCHEMA billing IS 'Usage by workspace and day, and what is charged for it.';
--> statement-breakpoint
COMMENT ON TABLE "app"."users" IS 'Profiles of the members of a workspace, as they wrote them. Accounts are in the schema auth.';
COMMENT ON COLUMN "app"."users"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."users"."id" IS 'The member: the subject of their tokens, or a UUIDv7. Text, for subjects need not be UUIDs.';
COMMENT ON COLUMN "app"."users"."name" IS 'What the member is called.';
COMMENT ON COLUMN "app"."users"."email" IS 'The address that the profile shows; nobody has verified it.';
COMMENT ON COLUMN "app"."users"."avatar_url" IS 'Where their picture is.';
COMMENT ON COLUMN "app"."users"."preferences" IS 'Preferences, such as theme and language.';
COMMENT ON COLUMN "app"."users"."last_active_at" IS 'When the member was last seen to be active, by the clock of the app.';
COMMENT ON COLUMN "app"."users"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."users"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."users"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."users"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."users"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."users"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."users"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."devices" IS 'The devices of a workspace: names for the site ids in _updated_by.';
COMMENT ON COLUMN "app"."devices"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."devices"."id" IS 'A UUIDv7, made by the device.';
COMMENT ON COLUMN "app"."devices"."user_id" IS 'The member whose device it is.';
COMMENT ON COLUMN "app"."devices"."site_id" IS 'The site id of its replica, as 32 hexadecimal digits. A device that was reset has a new one.';
COMMENT ON COLUMN "app"."devices"."name" IS 'What people call it.';
COMMENT ON COLUMN "app"."devices"."platform" IS 'web, desktop, ios, android, cli or server.';
COMMENT ON COLUMN "app"."devices"."app_version" IS 'The version of the app it last ran.';
COMMENT ON COLUMN "app"."devices"."last_sync_at" IS 'When it last synced, by its own account.';
COMMENT ON COLUMN "app"."devices"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."devices"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."devices"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."devices"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."devices"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."devices"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."devices"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."settings" IS 'Settings: any JSON value per member and key.';
COMMENT ON COLUMN "app"."settings"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."settings"."user_id" IS 'The member; empty for a setting of the whole workspace.';
COMMENT ON COLUMN "app"."settings"."key" IS 'What the setting is called.';
COMMENT ON COLUMN "app"."settings"."value" IS 'Its value.';
COMMENT ON COLUMN "app"."settings"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."settings"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."settings"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."settings"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."settings"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."settings"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."notes" IS 'Notes. Their text is in note_blocks, one row per block.';
COMMENT ON COLUMN "app"."notes"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."notes"."id" IS 'A UUIDv7, made by the device that created the note.';
COMMENT ON COLUMN "app"."notes"."title" IS 'The title; empty where nobody has given one.';
COMMENT ON COLUMN "app"."notes"."project_id" IS 'The project it belongs to; may be gone.';
COMMENT ON COLUMN "app"."notes"."pinned" IS 'Whether it is kept at the top of lists.';
COMMENT ON COLUMN "app"."notes"."archived_at" IS 'When it was archived; null for one that is not.';
COMMENT ON COLUMN "app"."notes"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."notes"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."notes"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."notes"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."notes"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."notes"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."notes"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."note_blocks" IS 'The text of notes, one row per block: a paragraph, a heading, an item of a list.';
COMMENT ON COLUMN "app"."note_blocks"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."note_blocks"."note_id" IS 'The note. A block never moves to another one.';
COMMENT ON COLUMN "app"."note_blocks"."id" IS 'A UUIDv7, unique within the note.';
COMMENT ON COLUMN "app"."note_blocks"."position" IS 'A fractional index: blocks of a note are read in the order of position COLLATE "C", then id.';
COMMENT ON COLUMN "app"."note_blocks"."kind" IS 'paragraph, heading, bullet, ordered, todo, quote, code, divider or table.';
COMMENT ON COLUMN "app"."note_blocks"."marker" IS 'Indentation and Markdown prefix, to the letter, such as "## ".';
COMMENT ON COLUMN "app"."note_blocks"."text" IS 'The Markdown of the block, without its marker.';
COMMENT ON COLUMN "app"."note_blocks"."checked" IS 'Whether a todo is done.';
COMMENT ON COLUMN "app"."note_blocks"."spacing" IS 'Blank lines before the block.';
COMMENT ON COLUMN "app"."note_blocks"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."note_blocks"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."note_blocks"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."note_blocks"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."tags" IS 'Tags on notes, one row per note and tag.';
COMMENT ON COLUMN "app"."tags"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."tags"."note_id" IS 'The note.';
COMMENT ON COLUMN "app"."tags"."name" IS 'The tag: lower case, without outer blanks.';
COMMENT ON COLUMN "app"."tags"."created_at" IS 'When the tag was put on the note, by the clock of the app.';
COMMENT ON COLUMN "app"."tags"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."tags"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."tags"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."tags"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."entities" IS 'People, places, things and ideas that notes speak of.';
COMMENT ON COLUMN "app"."entities"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."entities"."id" IS 'A UUIDv7, made by the device that created it.';
COMMENT ON COLUMN "app"."entities"."kind" IS 'What it is, in one word, such as person or concept.';
COMMENT ON COLUMN "app"."entities"."name" IS 'What it is called.';
COMMENT ON COLUMN "app"."entities"."description" IS 'What it is, in sentences.';
COMMENT ON COLUMN "app"."entities"."attributes" IS 'Facts about it, by name.';
COMMENT ON COLUMN "app"."entities"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."entities"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."entities"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."entities"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."entities"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."entities"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."entities"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."note_entities" IS 'Which note speaks of which entity.';
COMMENT ON COLUMN "app"."note_entities"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."note_entities"."note_id" IS 'The note; may be gone.';
COMMENT ON COLUMN "app"."note_entities"."entity_id" IS 'The entity; may be gone.';
COMMENT ON COLUMN "app"."note_entities"."created_at" IS 'When the two were linked, by the clock of the app.';
COMMENT ON COLUMN "app"."note_entities"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."note_entities"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."note_entities"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."note_entities"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."entity_relations" IS 'How one entity relates to another.';
COMMENT ON COLUMN "app"."entity_relations"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."entity_relations"."id" IS 'A UUIDv7, made by the device that created it.';
COMMENT ON COLUMN "app"."entity_relations"."source_id" IS 'The entity it starts from; may be gone.';
COMMENT ON COLUMN "app"."entity_relations"."target_id" IS 'The entity it leads to; may be gone.';
COMMENT ON COLUMN "app"."entity_relations"."kind" IS 'How they relate, in one word.';
COMMENT ON COLUMN "app"."entity_relations"."description" IS 'How they relate, in sentences.';
COMMENT ON COLUMN "app"."entity_relations"."weight" IS 'How strong the relation is; 1 by default.';
COMMENT ON COLUMN "app"."entity_relations"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."entity_relations"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."entity_relations"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."entity_relations"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."entity_relations"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."entity_relations"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."entity_relations"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."views" IS 'Saved ways to look at the workspace.';
COMMENT ON COLUMN "app"."views"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."views"."id" IS 'A UUIDv7, made by the device that created it.';
COMMENT ON COLUMN "app"."views"."name" IS 'What the view is called.';
COMMENT ON COLUMN "app"."views"."kind" IS 'list, board, table, calendar or graph.';
COMMENT ON COLUMN "app"."views"."project_id" IS 'The project it is about; may be gone.';
COMMENT ON COLUMN "app"."views"."query" IS 'What it shows.';
COMMENT ON COLUMN "app"."views"."layout" IS 'How it shows it.';
COMMENT ON COLUMN "app"."views"."pinned" IS 'Whether it is kept at hand.';
COMMENT ON COLUMN "app"."views"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."views"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."views"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."views"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."views"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."views"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."views"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."view_snapshots" IS 'What a view showed at one moment.';
COMMENT ON COLUMN "app"."view_snapshots"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."view_snapshots"."id" IS 'A UUIDv7, made by the device that took it.';
COMMENT ON COLUMN "app"."view_snapshots"."view_id" IS 'The view; may be gone.';
COMMENT ON COLUMN "app"."view_snapshots"."title" IS 'What the snapshot is called.';
COMMENT ON COLUMN "app"."view_snapshots"."data" IS 'What the view showed.';
COMMENT ON COLUMN "app"."view_snapshots"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."view_snapshots"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."view_snapshots"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."view_snapshots"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."view_snapshots"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."view_snapshots"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."view_snapshots"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."reminders" IS 'Reminders, with or without a note that they are about.';
COMMENT ON COLUMN "app"."reminders"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."reminders"."id" IS 'A UUIDv7, made by the device that created it.';
COMMENT ON COLUMN "app"."reminders"."title" IS 'What to be reminded of.';
COMMENT ON COLUMN "app"."reminders"."note_id" IS 'The note it is about; may be gone.';
COMMENT ON COLUMN "app"."reminders"."project_id" IS 'The project it is about; may be gone.';
COMMENT ON COLUMN "app"."reminders"."due_at" IS 'When it is due.';
COMMENT ON COLUMN "app"."reminders"."recurrence" IS 'How it recurs: an iCalendar RRULE, without "RRULE:".';
COMMENT ON COLUMN "app"."reminders"."completed_at" IS 'When it was completed; null for one that is open.';
COMMENT ON COLUMN "app"."reminders"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."reminders"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."reminders"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."reminders"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."reminders"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."reminders"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."reminders"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."projects" IS 'Projects, to which notes, chats, files and the like belong.';
COMMENT ON COLUMN "app"."projects"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."projects"."id" IS 'A UUIDv7, made by the device that created the project.';
COMMENT ON COLUMN "app"."projects"."name" IS 'What the project is called.';
COMMENT ON COLUMN "app"."projects"."description" IS 'What it is about.';
COMMENT ON COLUMN "app"."projects"."status" IS 'active, paused or archived.';
COMMENT ON COLUMN "app"."projects"."color" IS 'The colour it is shown in.';
COMMENT ON COLUMN "app"."projects"."path" IS 'Its folder on the device that created it.';
COMMENT ON COLUMN "app"."projects"."repository" IS 'The URL of its repository.';
COMMENT ON COLUMN "app"."projects"."settings" IS 'Settings of the project.';
COMMENT ON COLUMN "app"."projects"."last_opened_at" IS 'When somebody last opened it, by the clock of the app.';
COMMENT ON COLUMN "app"."projects"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."projects"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."projects"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."projects"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."projects"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."projects"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."projects"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."files" IS 'What is known about the files of projects. Their contents are never stored.';
COMMENT ON COLUMN "app"."files"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."files"."id" IS 'A UUIDv7, made by the device that found the file.';
COMMENT ON COLUMN "app"."files"."project_id" IS 'The project; may be gone.';
COMMENT ON COLUMN "app"."files"."path" IS 'Its path within the project.';
COMMENT ON COLUMN "app"."files"."content_hash" IS 'A hash of its contents.';
COMMENT ON COLUMN "app"."files"."size_bytes" IS 'Its size in bytes.';
COMMENT ON COLUMN "app"."files"."language" IS 'The programming language it is written in.';
COMMENT ON COLUMN "app"."files"."metadata" IS 'What else is known about it.';
COMMENT ON COLUMN "app"."files"."modified_at" IS 'When it was last modified, by its file system.';
COMMENT ON COLUMN "app"."files"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."files"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."files"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."files"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."files"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."files"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."files"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."attachments" IS 'Blobs that lie beside a row, named by the hash of their contents.';
COMMENT ON COLUMN "app"."attachments"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."attachments"."id" IS 'A UUIDv7, made by the device that attached it.';
COMMENT ON COLUMN "app"."attachments"."owner_kind" IS 'What it is attached to: note, message or project.';
COMMENT ON COLUMN "app"."attachments"."owner_id" IS 'The row of that kind; may be gone.';
COMMENT ON COLUMN "app"."attachments"."name" IS 'The name of the file.';
COMMENT ON COLUMN "app"."attachments"."mime" IS 'Its media type.';
COMMENT ON COLUMN "app"."attachments"."content_hash" IS 'The hash of its contents, by which the blob is stored.';
COMMENT ON COLUMN "app"."attachments"."size_bytes" IS 'Its size in bytes.';
COMMENT ON COLUMN "app"."attachments"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."attachments"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."attachments"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."attachments"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."attachments"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."attachments"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."attachments"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."agents" IS 'AI agents that people have set up.';
COMMENT ON COLUMN "app"."agents"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."agents"."id" IS 'A UUIDv7, made by the device that created it.';
COMMENT ON COLUMN "app"."agents"."name" IS 'What the agent is called.';
COMMENT ON COLUMN "app"."agents"."kind" IS 'What it is for, in one word.';
COMMENT ON COLUMN "app"."agents"."description" IS 'What it does.';
COMMENT ON COLUMN "app"."agents"."model" IS 'The model it asks by default.';
COMMENT ON COLUMN "app"."agents"."instructions" IS 'What it is told before every chat.';
COMMENT ON COLUMN "app"."agents"."capabilities" IS 'What it may do: a list of names.';
COMMENT ON COLUMN "app"."agents"."settings" IS 'How its model is to answer.';
COMMENT ON COLUMN "app"."agents"."project_id" IS 'The project it works on; may be gone.';
COMMENT ON COLUMN "app"."agents"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."agents"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."agents"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."agents"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."agents"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."agents"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."agents"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."chats" IS 'Conversations with an AI. What was said is in messages.';
COMMENT ON COLUMN "app"."chats"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."chats"."id" IS 'A UUIDv7, made by the device that began it.';
COMMENT ON COLUMN "app"."chats"."title" IS 'The title; empty where there is none yet.';
COMMENT ON COLUMN "app"."chats"."project_id" IS 'The project it is about; may be gone.';
COMMENT ON COLUMN "app"."chats"."agent_id" IS 'The agent it is with; may be gone.';
COMMENT ON COLUMN "app"."chats"."model" IS 'The model it asks, where it is not that of the agent.';
COMMENT ON COLUMN "app"."chats"."pinned" IS 'Whether it is kept at the top of lists.';
COMMENT ON COLUMN "app"."chats"."archived_at" IS 'When it was archived; null for one that is not.';
COMMENT ON COLUMN "app"."chats"."last_message_at" IS 'When its latest message was written; null for a chat without one.';
COMMENT ON COLUMN "app"."chats"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."chats"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."chats"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."chats"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."chats"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."chats"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."chats"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."messages" IS 'The messages of chats. One whose status is not streaming no longer changes, apart from its metadata.';
COMMENT ON COLUMN "app"."messages"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."messages"."id" IS 'A UUIDv7, made by the device that wrote it.';
COMMENT ON COLUMN "app"."messages"."chat_id" IS 'The chat; may be gone.';
COMMENT ON COLUMN "app"."messages"."parent_id" IS 'The message it answers; branches of a chat share their beginning.';
COMMENT ON COLUMN "app"."messages"."role" IS 'user, assistant, system or tool.';
COMMENT ON COLUMN "app"."messages"."status" IS 'streaming, complete or failed.';
COMMENT ON COLUMN "app"."messages"."content" IS 'What was said.';
COMMENT ON COLUMN "app"."messages"."tool_calls" IS 'Tools that the model called: a list of id, name, arguments and result.';
COMMENT ON COLUMN "app"."messages"."model" IS 'The model that wrote it.';
COMMENT ON COLUMN "app"."messages"."input_tokens" IS 'Tokens that the model read.';
COMMENT ON COLUMN "app"."messages"."output_tokens" IS 'Tokens that the model wrote.';
COMMENT ON COLUMN "app"."messages"."metadata" IS 'What else is known about it, such as how somebody rated it.';
COMMENT ON COLUMN "app"."messages"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."messages"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."messages"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."messages"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."messages"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."messages"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."messages"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."memories" IS 'What an assistant should know next time.';
COMMENT ON COLUMN "app"."memories"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."memories"."id" IS 'A UUIDv7, made by the device that kept it.';
COMMENT ON COLUMN "app"."memories"."kind" IS 'fact, preference, instruction, summary or event.';
COMMENT ON COLUMN "app"."memories"."scope" IS 'What it is about: workspace, user, project, chat or agent.';
COMMENT ON COLUMN "app"."memories"."scope_id" IS 'The member, project, chat or agent; null for the workspace. Text, for ids of members need not be UUIDs.';
COMMENT ON COLUMN "app"."memories"."content" IS 'What is to be known.';
COMMENT ON COLUMN "app"."memories"."importance" IS 'From 0 to 1.';
COMMENT ON COLUMN "app"."memories"."source_message_id" IS 'The message it was learnt from; may be gone.';
COMMENT ON COLUMN "app"."memories"."expires_at" IS 'From when on it is no longer true; null for ever.';
COMMENT ON COLUMN "app"."memories"."last_used_at" IS 'When an assistant last made use of it.';
COMMENT ON COLUMN "app"."memories"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."memories"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."memories"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."memories"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."memories"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."memories"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."memories"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."api_keys" IS 'Keys of AI providers, encrypted on the device: this server cannot read them.';
COMMENT ON COLUMN "app"."api_keys"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."api_keys"."user_id" IS 'The member whose key it is.';
COMMENT ON COLUMN "app"."api_keys"."provider" IS 'The AI provider.';
COMMENT ON COLUMN "app"."api_keys"."ciphertext" IS 'The encrypted key.';
COMMENT ON COLUMN "app"."api_keys"."hint" IS 'The last characters in clear, so that people recognise the key.';
COMMENT ON COLUMN "app"."api_keys"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."api_keys"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."api_keys"."deleted_at" IS 'When the row went to the trash; null for one that is not in it.';
COMMENT ON COLUMN "app"."api_keys"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."api_keys"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."api_keys"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."api_keys"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "app"."conflicts" IS 'Values that lost a concurrent merge, kept so that no edit is silently gone.';
COMMENT ON COLUMN "app"."conflicts"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "app"."conflicts"."id" IS 'A UUIDv5 of the cell and the two edits: both authors write the same row.';
COMMENT ON COLUMN "app"."conflicts"."kind" IS 'overwrite where another value won, delete where the row was deleted.';
COMMENT ON COLUMN "app"."conflicts"."table_name" IS 'The table of the cell.';
COMMENT ON COLUMN "app"."conflicts"."row_key" IS 'The primary key of its row, as cr-sqlite packs it.';
COMMENT ON COLUMN "app"."conflicts"."column_name" IS 'The column of the cell.';
COMMENT ON COLUMN "app"."conflicts"."winning_value" IS 'The value that the row now holds, as typed JSON.';
COMMENT ON COLUMN "app"."conflicts"."losing_value" IS 'The value that was put aside, as typed JSON.';
COMMENT ON COLUMN "app"."conflicts"."base_value" IS 'What both authors had seen before, as typed JSON; null where it is not known.';
COMMENT ON COLUMN "app"."conflicts"."winning_site" IS 'The site id of the replica whose value won.';
COMMENT ON COLUMN "app"."conflicts"."losing_site" IS 'The site id of the replica whose value lost.';
COMMENT ON COLUMN "app"."conflicts"."resolution" IS 'local, remote, merged or dismissed; null while it is open.';
COMMENT ON COLUMN "app"."conflicts"."resolved_at" IS 'When it was resolved; null while it is open.';
COMMENT ON COLUMN "app"."conflicts"."resolved_by" IS 'The member who resolved it.';
COMMENT ON COLUMN "app"."conflicts"."created_at" IS 'When the row was created, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."conflicts"."updated_at" IS 'When somebody last edited the row, by the clock of the app; 1970-01-01 until that has arrived.';
COMMENT ON COLUMN "app"."conflicts"."_updated_by" IS 'The site id of the replica that made the last change, as 32 hexadecimal digits; devices.site_id names it.';
COMMENT ON COLUMN "app"."conflicts"."_updated_at" IS 'When the relay stored the last change of the row.';
COMMENT ON COLUMN "app"."conflicts"."_version" IS 'The seq of the log entry that last changed the row. Grows with every change within a workspace.';
COMMENT ON COLUMN "app"."conflicts"."_extra" IS 'Values of columns that a newer app has and this server does not know yet, by column; null when there are none.';
--> statement-breakpoint
COMMENT ON TABLE "sync"."row_clocks" IS 'The state of the merge, one row per row of a replica, deleted ones too.';
COMMENT ON COLUMN "sync"."row_clocks"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "sync"."row_clocks"."table_name" IS 'The table of the row.';
COMMENT ON COLUMN "sync"."row_clocks"."row_key" IS 'The primary key of the row, as cr-sqlite packs it.';
COMMENT ON COLUMN "sync"."row_clocks"."state" IS 'The clocks of the row and its cells, as the projector encodes them.';
--> statement-breakpoint
COMMENT ON TABLE "sync"."cursors" IS 'How far the projection of each workspace has come.';
COMMENT ON COLUMN "sync"."cursors"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "sync"."cursors"."seq" IS 'The last entry of the log that the rows in app hold.';
COMMENT ON COLUMN "sync"."cursors"."mark" IS 'The mark of the run of the relay which that entry belongs to.';
COMMENT ON COLUMN "sync"."cursors"."head_seq" IS 'The last entry of the log, when it was last looked at.';
COMMENT ON COLUMN "sync"."cursors"."pending_since" IS 'When the relay stored the oldest entry that is not yet projected; null when there is none.';
COMMENT ON COLUMN "sync"."cursors"."checked_at" IS 'When the log was last looked at.';
COMMENT ON COLUMN "sync"."cursors"."live_rows" IS 'Rows that exist in the workspace, those in the trash too.';
COMMENT ON COLUMN "sync"."cursors"."live_bytes" IS 'How big those rows are, roughly.';
--> statement-breakpoint
COMMENT ON TABLE "sync"."counted_runs" IS 'Up to which entry usage has been counted, for each run of the relay: so that a rebuild counts nothing twice.';
COMMENT ON COLUMN "sync"."counted_runs"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "sync"."counted_runs"."mark" IS 'The mark of the run.';
COMMENT ON COLUMN "sync"."counted_runs"."last_seq" IS 'The last entry of that run which is counted in billing.usage_days.';
--> statement-breakpoint
COMMENT ON TABLE "sync"."quarantine" IS 'Values that the cloud copy cannot hold. Replicas have them; here the column has its default instead.';
COMMENT ON COLUMN "sync"."quarantine"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "sync"."quarantine"."table_name" IS 'The table of the value.';
COMMENT ON COLUMN "sync"."quarantine"."row_key" IS 'The primary key of the row, as cr-sqlite packs it.';
COMMENT ON COLUMN "sync"."quarantine"."column_name" IS 'The column; empty where the whole row cannot be shown, because its key is not of the right type.';
COMMENT ON COLUMN "sync"."quarantine"."reason" IS 'Why it cannot be held.';
COMMENT ON COLUMN "sync"."quarantine"."value" IS 'The value, shortened and made readable.';
COMMENT ON COLUMN "sync"."quarantine"."site_id" IS 'The site id of the replica that wrote it, as 32 hexadecimal digits.';
COMMENT ON COLUMN "sync"."quarantine"."seq" IS 'The entry of the log that brought it.';
COMMENT ON COLUMN "sync"."quarantine"."noticed_at" IS 'When the projector noticed it.';
--> statement-breakpoint
COMMENT ON TABLE "sync"."projected_tables" IS 'Which columns each table was projected with, so that one which gains a column is projected anew.';
COMMENT ON COLUMN "sync"."projected_tables"."table_name" IS 'The table.';
COMMENT ON COLUMN "sync"."projected_tables"."fingerprint" IS 'A hash of its columns and their types.';
--> statement-breakpoint
COMMENT ON TABLE "sync"."search_queue" IS 'What has changed since it was last indexed for search. The same may be in it several times.';
COMMENT ON COLUMN "sync"."search_queue"."seq" IS 'The order in which it is indexed.';
COMMENT ON COLUMN "sync"."search_queue"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "sync"."search_queue"."kind" IS 'What it is, such as note or message.';
COMMENT ON COLUMN "sync"."search_queue"."id" IS 'Its id.';
COMMENT ON COLUMN "sync"."search_queue"."queued_at" IS 'Since when it waits.';
--> statement-breakpoint
COMMENT ON TABLE "sync"."search_documents" IS 'What full-text search looks through: one document per note, message, memory, file, entity or the like.';
COMMENT ON COLUMN "sync"."search_documents"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "sync"."search_documents"."kind" IS 'What it is, such as note or message.';
COMMENT ON COLUMN "sync"."search_documents"."id" IS 'Its id.';
COMMENT ON COLUMN "sync"."search_documents"."project_id" IS 'The project it belongs to; null without one. That of a message is its chat''s.';
COMMENT ON COLUMN "sync"."search_documents"."title" IS 'Its title, whose words count for more.';
COMMENT ON COLUMN "sync"."search_documents"."body" IS 'Its text: the first 100,000 characters.';
COMMENT ON COLUMN "sync"."search_documents"."words" IS 'The words of both, in lower case and without accents; those of the title also with a ^ before them.';
COMMENT ON COLUMN "sync"."search_documents"."updated_at" IS 'When it was last edited, by the clock of the app.';
COMMENT ON COLUMN "sync"."search_documents"."indexed_at" IS 'When it was last indexed.';
--> statement-breakpoint
COMMENT ON TABLE "sync"."reader_grants" IS 'Which role may read which workspace: INSERT a row to grant, DELETE it to revoke.';
COMMENT ON COLUMN "sync"."reader_grants"."role_name" IS 'A role that can log in and is a member of tributary_reader.';
COMMENT ON COLUMN "sync"."reader_grants"."workspace_id" IS 'The workspace whose rows it sees.';
--> statement-breakpoint
COMMENT ON TABLE "billing"."usage_days" IS 'What the relay stored for a workspace on a day. Every entry of the log is counted once, however often it is read.';
COMMENT ON COLUMN "billing"."usage_days"."workspace_id" IS 'The workspace that the row belongs to.';
COMMENT ON COLUMN "billing"."usage_days"."day" IS 'The day in UTC on which the relay stored the entries.';
COMMENT ON COLUMN "billing"."usage_days"."entries" IS 'Entries of the log.';
COMMENT ON COLUMN "billing"."usage_days"."changes" IS 'Changes of cells in them.';
COMMENT ON COLUMN "billing"."usage_days"."bytes" IS 'Their size in bytes, as they are stored.';
--> statement-breakpoint
CREATE OR REPLACE VIEW sync.orphans WITH (security_invoker = true) AS
SELECT r.workspace_id, 'notes' AS table_name, concat_ws('/', r.id) AS id,
  'project_id' AS column_name, 'projects' AS missing_table, r.project_id::text AS missing_id
FROM "app"."notes" r
WHERE r.project_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."projects" t WHERE t.workspace_id = r.workspace_id AND t.id = r.project_id)
UNION ALL
SELECT r.workspace_id, 'note_blocks' AS table_name, concat_ws('/', r.note_id, r.id) AS id,
  'note_id' AS column_name, 'notes' AS missing_table, r.note_id::text AS missing_id
FROM "app"."note_blocks" r
WHERE r.note_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM "app"."notes" t WHERE t.workspace_id = r.workspace_id AND t.id = r.note_id)
UNION ALL
SELECT r.workspace_id, 'tags' AS table_name, concat_ws('/', r.note_id, r.name) AS id,
  'note_id' AS column_name, 'notes' AS missing_table, r.note_id::text AS missing_id
FROM "app"."tags" r
WHERE r.note_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM "app"."notes" t WHERE t.workspace_id = r.workspace_id AND t.id = r.note_id)
UNION ALL
SELECT r.workspace_id, 'note_entities' AS table_name, concat_ws('/', r.note_id, r.entity_id) AS id,
  'note_id' AS column_name, 'notes' AS missing_table, r.note_id::text AS missing_id
FROM "app"."note_entities" r
WHERE r.note_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM "app"."notes" t WHERE t.workspace_id = r.workspace_id AND t.id = r.note_id)
UNION ALL
SELECT r.workspace_id, 'note_entities' AS table_name, concat_ws('/', r.note_id, r.entity_id) AS id,
  'entity_id' AS column_name, 'entities' AS missing_table, r.entity_id::text AS missing_id
FROM "app"."note_entities" r
WHERE r.entity_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM "app"."entities" t WHERE t.workspace_id = r.workspace_id AND t.id = r.entity_id)
UNION ALL
SELECT r.workspace_id, 'entity_relations' AS table_name, concat_ws('/', r.id) AS id,
  'source_id' AS column_name, 'entities' AS missing_table, r.source_id::text AS missing_id
FROM "app"."entity_relations" r
WHERE r.source_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."entities" t WHERE t.workspace_id = r.workspace_id AND t.id = r.source_id)
UNION ALL
SELECT r.workspace_id, 'entity_relations' AS table_name, concat_ws('/', r.id) AS id,
  'target_id' AS column_name, 'entities' AS missing_table, r.target_id::text AS missing_id
FROM "app"."entity_relations" r
WHERE r.target_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."entities" t WHERE t.workspace_id = r.workspace_id AND t.id = r.target_id)
UNION ALL
SELECT r.workspace_id, 'views' AS table_name, concat_ws('/', r.id) AS id,
  'project_id' AS column_name, 'projects' AS missing_table, r.project_id::text AS missing_id
FROM "app"."views" r
WHERE r.project_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."projects" t WHERE t.workspace_id = r.workspace_id AND t.id = r.project_id)
UNION ALL
SELECT r.workspace_id, 'view_snapshots' AS table_name, concat_ws('/', r.id) AS id,
  'view_id' AS column_name, 'views' AS missing_table, r.view_id::text AS missing_id
FROM "app"."view_snapshots" r
WHERE r.view_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."views" t WHERE t.workspace_id = r.workspace_id AND t.id = r.view_id)
UNION ALL
SELECT r.workspace_id, 'reminders' AS table_name, concat_ws('/', r.id) AS id,
  'note_id' AS column_name, 'notes' AS missing_table, r.note_id::text AS missing_id
FROM "app"."reminders" r
WHERE r.note_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."notes" t WHERE t.workspace_id = r.workspace_id AND t.id = r.note_id)
UNION ALL
SELECT r.workspace_id, 'reminders' AS table_name, concat_ws('/', r.id) AS id,
  'project_id' AS column_name, 'projects' AS missing_table, r.project_id::text AS missing_id
FROM "app"."reminders" r
WHERE r.project_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."projects" t WHERE t.workspace_id = r.workspace_id AND t.id = r.project_id)
UNION ALL
SELECT r.workspace_id, 'files' AS table_name, concat_ws('/', r.id) AS id,
  'project_id' AS column_name, 'projects' AS missing_table, r.project_id::text AS missing_id
FROM "app"."files" r
WHERE r.project_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."projects" t WHERE t.workspace_id = r.workspace_id AND t.id = r.project_id)
UNION ALL
SELECT r.workspace_id, 'attachments' AS table_name, concat_ws('/', r.id) AS id,
  'owner_id' AS column_name, 'notes' AS missing_table, r.owner_id::text AS missing_id
FROM "app"."attachments" r
WHERE r.owner_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND r.owner_kind = 'note'
  AND NOT EXISTS (SELECT FROM "app"."notes" t WHERE t.workspace_id = r.workspace_id AND t.id = r.owner_id)
UNION ALL
SELECT r.workspace_id, 'attachments' AS table_name, concat_ws('/', r.id) AS id,
  'owner_id' AS column_name, 'messages' AS missing_table, r.owner_id::text AS missing_id
FROM "app"."attachments" r
WHERE r.owner_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND r.owner_kind = 'message'
  AND NOT EXISTS (SELECT FROM "app"."messages" t WHERE t.workspace_id = r.workspace_id AND t.id = r.owner_id)
UNION ALL
SELECT r.workspace_id, 'attachments' AS table_name, concat_ws('/', r.id) AS id,
  'owner_id' AS column_name, 'projects' AS missing_table, r.owner_id::text AS missing_id
FROM "app"."attachments" r
WHERE r.owner_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND r.owner_kind = 'project'
  AND NOT EXISTS (SELECT FROM "app"."projects" t WHERE t.workspace_id = r.workspace_id AND t.id = r.owner_id)
UNION ALL
SELECT r.workspace_id, 'agents' AS table_name, concat_ws('/', r.id) AS id,
  'project_id' AS column_name, 'projects' AS missing_table, r.project_id::text AS missing_id
FROM "app"."agents" r
WHERE r.project_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."projects" t WHERE t.workspace_id = r.workspace_id AND t.id = r.project_id)
UNION ALL
SELECT r.workspace_id, 'chats' AS table_name, concat_ws('/', r.id) AS id,
  'project_id' AS column_name, 'projects' AS missing_table, r.project_id::text AS missing_id
FROM "app"."chats" r
WHERE r.project_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."projects" t WHERE t.workspace_id = r.workspace_id AND t.id = r.project_id)
UNION ALL
SELECT r.workspace_id, 'chats' AS table_name, concat_ws('/', r.id) AS id,
  'agent_id' AS column_name, 'agents' AS missing_table, r.agent_id::text AS missing_id
FROM "app"."chats" r
WHERE r.agent_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."agents" t WHERE t.workspace_id = r.workspace_id AND t.id = r.agent_id)
UNION ALL
SELECT r.workspace_id, 'messages' AS table_name, concat_ws('/', r.id) AS id,
  'chat_id' AS column_name, 'chats' AS missing_table, r.chat_id::text AS missing_id
FROM "app"."messages" r
WHERE r.chat_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."chats" t WHERE t.workspace_id = r.workspace_id AND t.id = r.chat_id)
UNION ALL
SELECT r.workspace_id, 'messages' AS table_name, concat_ws('/', r.id) AS id,
  'parent_id' AS column_name, 'messages' AS missing_table, r.parent_id::text AS missing_id
FROM "app"."messages" r
WHERE r.parent_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."messages" t WHERE t.workspace_id = r.workspace_id AND t.id = r.parent_id)
UNION ALL
SELECT r.workspace_id, 'memories' AS table_name, concat_ws('/', r.id) AS id,
  'source_message_id' AS column_name, 'messages' AS missing_table, r.source_message_id::text AS missing_id
FROM "app"."memories" r
WHERE r.source_message_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM "app"."messages" t WHERE t.workspace_id = r.workspace_id AND t.id = r.source_message_id)
UNION ALL
SELECT r.workspace_id, 'memories' AS table_name, concat_ws('/', r.id) AS id,
  'scope_id' AS column_name, 'projects' AS missing_table, r.scope_id::text AS missing_id
FROM "app"."memories" r
WHERE r.scope_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND r.scope = 'project'
  AND NOT EXISTS (SELECT FROM "app"."projects" t WHERE t.workspace_id = r.workspace_id AND t.id::text = r.scope_id)
UNION ALL
SELECT r.workspace_id, 'memories' AS table_name, concat_ws('/', r.id) AS id,
  'scope_id' AS column_name, 'chats' AS missing_table, r.scope_id::text AS missing_id
FROM "app"."memories" r
WHERE r.scope_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND r.scope = 'chat'
  AND NOT EXISTS (SELECT FROM "app"."chats" t WHERE t.workspace_id = r.workspace_id AND t.id::text = r.scope_id)
UNION ALL
SELECT r.workspace_id, 'memories' AS table_name, concat_ws('/', r.id) AS id,
  'scope_id' AS column_name, 'agents' AS missing_table, r.scope_id::text AS missing_id
FROM "app"."memories" r
WHERE r.scope_id IS NOT NULL
  AND r.deleted_at IS NULL
  AND r.scope = 'agent'
  AND NOT EXISTS (SELECT FROM "app"."agents" t WHERE t.workspace_id = r.workspace_id AND t.id::text = r.scope_id);
COMMENT ON VIEW sync.orphans IS 'References to rows that do not exist: one device deleted what another one was referring to. The trash counts as existing, and what lies in it refers to nothing.';
COMMENT ON COLUMN sync.orphans.workspace_id IS 'The workspace.';
COMMENT ON COLUMN sync.orphans.table_name IS 'The table of the row that refers to what is not there.';
COMMENT ON COLUMN sync.orphans.id IS 'The key of that row; parts of a longer key are joined by slashes.';
COMMENT ON COLUMN sync.orphans.column_name IS 'The column that refers to it.';
COMMENT ON COLUMN sync.orphans.missing_table IS 'The table that has no such row.';
COMMENT ON COLUMN sync.orphans.missing_id IS 'The id that it would have.';
--> statement-breakpoint
SELECT app.refresh_live_views(), sync.grant_reading();
