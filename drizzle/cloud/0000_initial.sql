CREATE SCHEMA "app";
--> statement-breakpoint
CREATE SCHEMA IF NOT EXISTS "billing";
--> statement-breakpoint
CREATE SCHEMA "sync";
--> statement-breakpoint
CREATE TABLE "app"."agents" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"kind" text DEFAULT 'assistant' NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"model" text DEFAULT '' NOT NULL,
	"instructions" text DEFAULT '' NOT NULL,
	"capabilities" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"project_id" uuid,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "agents_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."agents" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."api_keys" (
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"provider" text NOT NULL,
	"ciphertext" text DEFAULT '' NOT NULL,
	"hint" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "api_keys_workspace_id_user_id_provider_pk" PRIMARY KEY("workspace_id","user_id","provider")
);
--> statement-breakpoint
ALTER TABLE "app"."api_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."chats" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"project_id" uuid,
	"agent_id" uuid,
	"model" text,
	"pinned" boolean DEFAULT false NOT NULL,
	"archived_at" timestamp with time zone,
	"last_message_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "chats_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."chats" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."memories" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"kind" text DEFAULT 'fact' NOT NULL,
	"scope" text DEFAULT 'workspace' NOT NULL,
	"scope_id" text,
	"content" text DEFAULT '' NOT NULL,
	"importance" double precision DEFAULT 0.5 NOT NULL,
	"source_message_id" uuid,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "memories_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."memories" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."messages" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"chat_id" uuid,
	"parent_id" uuid,
	"role" text DEFAULT 'user' NOT NULL,
	"status" text DEFAULT 'complete' NOT NULL,
	"content" text DEFAULT '' NOT NULL,
	"tool_calls" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"model" text,
	"input_tokens" bigint DEFAULT 0 NOT NULL,
	"output_tokens" bigint DEFAULT 0 NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "messages_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."entities" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"kind" text DEFAULT 'concept' NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"attributes" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "entities_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."entities" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."entity_relations" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"source_id" uuid,
	"target_id" uuid,
	"kind" text DEFAULT 'related' NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"weight" double precision DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "entity_relations_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."entity_relations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."note_entities" (
	"workspace_id" text NOT NULL,
	"note_id" uuid NOT NULL,
	"entity_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "note_entities_workspace_id_note_id_entity_id_pk" PRIMARY KEY("workspace_id","note_id","entity_id")
);
--> statement-breakpoint
ALTER TABLE "app"."note_entities" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."reminders" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"note_id" uuid,
	"project_id" uuid,
	"due_at" timestamp with time zone,
	"recurrence" text,
	"completed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "reminders_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."reminders" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."view_snapshots" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"view_id" uuid,
	"title" text DEFAULT '' NOT NULL,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "view_snapshots_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."view_snapshots" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."views" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"kind" text DEFAULT 'list' NOT NULL,
	"project_id" uuid,
	"query" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"layout" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"pinned" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "views_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."views" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."conflicts" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"kind" text DEFAULT 'overwrite' NOT NULL,
	"table_name" text DEFAULT '' NOT NULL,
	"row_key" "bytea",
	"column_name" text DEFAULT '' NOT NULL,
	"winning_value" text,
	"losing_value" text,
	"base_value" text,
	"winning_site" text DEFAULT '' NOT NULL,
	"losing_site" text DEFAULT '' NOT NULL,
	"resolution" text,
	"resolved_at" timestamp with time zone,
	"resolved_by" text,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "conflicts_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."conflicts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."note_blocks" (
	"workspace_id" text NOT NULL,
	"note_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"position" text DEFAULT '' NOT NULL,
	"kind" text DEFAULT 'paragraph' NOT NULL,
	"marker" text DEFAULT '' NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"checked" boolean DEFAULT false NOT NULL,
	"spacing" bigint DEFAULT 0 NOT NULL,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "note_blocks_workspace_id_note_id_id_pk" PRIMARY KEY("workspace_id","note_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."note_blocks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."notes" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"project_id" uuid,
	"pinned" boolean DEFAULT false NOT NULL,
	"archived_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "notes_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."notes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."tags" (
	"workspace_id" text NOT NULL,
	"note_id" uuid NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "tags_workspace_id_note_id_name_pk" PRIMARY KEY("workspace_id","note_id","name")
);
--> statement-breakpoint
ALTER TABLE "app"."tags" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."devices" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"user_id" text,
	"site_id" text DEFAULT '' NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"platform" text DEFAULT 'web' NOT NULL,
	"app_version" text,
	"last_sync_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "devices_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."devices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."settings" (
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"key" text NOT NULL,
	"value" jsonb,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "settings_workspace_id_user_id_key_pk" PRIMARY KEY("workspace_id","user_id","key")
);
--> statement-breakpoint
ALTER TABLE "app"."settings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."users" (
	"workspace_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"email" text DEFAULT '' NOT NULL,
	"avatar_url" text,
	"preferences" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"last_active_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "users_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."users" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."attachments" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"owner_kind" text DEFAULT 'note' NOT NULL,
	"owner_id" uuid,
	"name" text DEFAULT '' NOT NULL,
	"mime" text DEFAULT 'application/octet-stream' NOT NULL,
	"content_hash" text DEFAULT '' NOT NULL,
	"size_bytes" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "attachments_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."attachments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."files" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"project_id" uuid,
	"path" text DEFAULT '' NOT NULL,
	"content_hash" text,
	"size_bytes" bigint DEFAULT 0 NOT NULL,
	"language" text,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"modified_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "files_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."files" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "app"."projects" (
	"workspace_id" text NOT NULL,
	"id" uuid NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"color" text,
	"path" text,
	"repository" text,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"last_opened_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"updated_at" timestamp with time zone DEFAULT 'epoch' NOT NULL,
	"deleted_at" timestamp with time zone,
	"_updated_by" text NOT NULL,
	"_updated_at" timestamp with time zone NOT NULL,
	"_version" bigint NOT NULL,
	"_extra" jsonb,
	CONSTRAINT "projects_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "app"."projects" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "billing"."usage_days" (
	"workspace_id" text NOT NULL,
	"day" date NOT NULL,
	"entries" bigint DEFAULT 0 NOT NULL,
	"changes" bigint DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "usage_days_workspace_id_day_pk" PRIMARY KEY("workspace_id","day")
);
--> statement-breakpoint
ALTER TABLE "billing"."usage_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sync"."counted_runs" (
	"workspace_id" text NOT NULL,
	"mark" bigint NOT NULL,
	"last_seq" bigint NOT NULL,
	CONSTRAINT "counted_runs_workspace_id_mark_pk" PRIMARY KEY("workspace_id","mark")
);
--> statement-breakpoint
CREATE TABLE "sync"."cursors" (
	"workspace_id" text NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"mark" bigint DEFAULT 0 NOT NULL,
	"head_seq" bigint DEFAULT 0 NOT NULL,
	"pending_since" timestamp with time zone,
	"checked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"live_rows" bigint DEFAULT 0 NOT NULL,
	"live_bytes" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "cursors_workspace_id_pk" PRIMARY KEY("workspace_id")
);
--> statement-breakpoint
ALTER TABLE "sync"."cursors" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sync"."projected_tables" (
	"table_name" text PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync"."quarantine" (
	"workspace_id" text NOT NULL,
	"table_name" text NOT NULL,
	"row_key" "bytea" NOT NULL,
	"column_name" text DEFAULT '' NOT NULL,
	"reason" text NOT NULL,
	"value" text DEFAULT '' NOT NULL,
	"site_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"noticed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "quarantine_workspace_id_table_name_row_key_column_name_pk" PRIMARY KEY("workspace_id","table_name","row_key","column_name")
);
--> statement-breakpoint
ALTER TABLE "sync"."quarantine" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sync"."reader_grants" (
	"role_name" text NOT NULL,
	"workspace_id" text NOT NULL,
	CONSTRAINT "reader_grants_role_name_workspace_id_pk" PRIMARY KEY("role_name","workspace_id")
);
--> statement-breakpoint
ALTER TABLE "sync"."reader_grants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sync"."row_clocks" (
	"workspace_id" text NOT NULL,
	"table_name" text NOT NULL,
	"row_key" "bytea" NOT NULL,
	"state" "bytea" NOT NULL,
	CONSTRAINT "row_clocks_workspace_id_table_name_row_key_pk" PRIMARY KEY("workspace_id","table_name","row_key")
);
--> statement-breakpoint
CREATE TABLE "sync"."search_documents" (
	"workspace_id" text NOT NULL,
	"kind" text NOT NULL,
	"id" text NOT NULL,
	"project_id" text,
	"title" text DEFAULT '' NOT NULL,
	"body" text DEFAULT '' NOT NULL,
	"words" "tsvector" DEFAULT '' NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"indexed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "search_documents_workspace_id_kind_id_pk" PRIMARY KEY("workspace_id","kind","id")
);
--> statement-breakpoint
CREATE TABLE "sync"."search_queue" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync"."search_queue_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"workspace_id" text NOT NULL,
	"kind" text NOT NULL,
	"id" text NOT NULL,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "chats_recent" ON "app"."chats" USING btree ("workspace_id","last_message_at") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "chats_by_project" ON "app"."chats" USING btree ("workspace_id","project_id");--> statement-breakpoint
CREATE INDEX "memories_by_scope" ON "app"."memories" USING hash ("scope_id");--> statement-breakpoint
CREATE INDEX "messages_by_chat" ON "app"."messages" USING btree ("workspace_id","chat_id","created_at");--> statement-breakpoint
CREATE INDEX "entity_relations_by_source" ON "app"."entity_relations" USING btree ("workspace_id","source_id");--> statement-breakpoint
CREATE INDEX "entity_relations_by_target" ON "app"."entity_relations" USING btree ("workspace_id","target_id");--> statement-breakpoint
CREATE INDEX "note_entities_by_entity" ON "app"."note_entities" USING btree ("workspace_id","entity_id");--> statement-breakpoint
CREATE INDEX "reminders_due" ON "app"."reminders" USING btree ("workspace_id","due_at") WHERE completed_at is null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "view_snapshots_by_view" ON "app"."view_snapshots" USING btree ("workspace_id","view_id","created_at");--> statement-breakpoint
CREATE INDEX "conflicts_open" ON "app"."conflicts" USING btree ("workspace_id","created_at") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "note_blocks_todo" ON "app"."note_blocks" USING btree ("workspace_id","checked") WHERE kind = 'todo';--> statement-breakpoint
CREATE INDEX "notes_recent" ON "app"."notes" USING btree ("workspace_id","updated_at") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "notes_by_project" ON "app"."notes" USING btree ("workspace_id","project_id");--> statement-breakpoint
CREATE INDEX "tags_by_name" ON "app"."tags" USING btree ("workspace_id","name");--> statement-breakpoint
CREATE INDEX "attachments_by_owner" ON "app"."attachments" USING btree ("workspace_id","owner_id");--> statement-breakpoint
CREATE INDEX "attachments_by_hash" ON "app"."attachments" USING hash ("content_hash") WHERE content_hash <> '';--> statement-breakpoint
CREATE INDEX "files_by_project" ON "app"."files" USING btree ("workspace_id","project_id");--> statement-breakpoint
CREATE INDEX "search_documents_words" ON "sync"."search_documents" USING gin ("words");--> statement-breakpoint
CREATE INDEX "search_documents_recent" ON "sync"."search_documents" USING btree ("workspace_id","updated_at");--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."agents" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."api_keys" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."chats" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."memories" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."messages" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."entities" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."entity_relations" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."note_entities" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."reminders" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."view_snapshots" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."views" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."conflicts" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."note_blocks" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."notes" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."tags" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."devices" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."settings" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."users" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."attachments" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."files" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "app"."projects" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "billing"."usage_days" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "sync"."cursors" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "granted_workspaces" ON "sync"."quarantine" AS PERMISSIVE FOR SELECT TO public USING (workspace_id = ANY (ARRAY(SELECT g.workspace_id FROM sync.reader_grants g WHERE g.role_name = current_user::text)));--> statement-breakpoint
CREATE POLICY "own_grants" ON "sync"."reader_grants" AS PERMISSIVE FOR SELECT TO public USING (role_name = current_user::text);