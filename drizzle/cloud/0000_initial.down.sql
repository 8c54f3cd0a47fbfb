DROP TABLE "app"."agents";
DROP TABLE "app"."api_keys";
DROP TABLE "app"."chats";
DROP TABLE "app"."memories";
DROP TABLE "app"."messages";
DROP TABLE "app"."entities";
DROP TABLE "app"."entity_relations";
DROP TABLE "app"."note_entities";
DROP TABLE "app"."reminders";
DROP TABLE "app"."view_snapshots";
DROP TABLE "app"."views";
DROP TABLE "app"."conflicts";
DROP TABLE "app"."note_blocks";
DROP TABLE "app"."notes";
DROP TABLE "app"."tags";
DROP TABLE "app"."devices";
DROP TABLE "app"."settings";
DROP TABLE "app"."users";
DROP TABLE "app"."attachments";
DROP TABLE "app"."files";
DROP TABLE "app"."projects";
DROP TABLE "billing"."usage_days";
DROP TABLE "sync"."counted_runs";
DROP TABLE "sync"."cursors";
DROP TABLE "sync"."projected_tables";
DROP TABLE "sync"."quarantine";
DROP TABLE "sync"."row_clocks";
DROP TABLE "sync"."search_documents";
DROP TABLE "sync"."search_queue";
-- Last of the tables: the policies of the others ask it.
DROP TABLE "sync"."reader_grants";
--> statement-breakpoint
-- A schema that holds anything of somebody else is not dropped, and nothing is undone.
DROP SCHEMA "app";
DROP SCHEMA "sync";
--> statement-breakpoint
-- Subscriptions may be in it too.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'billing'::regnamespace) THEN
    DROP SCHEMA "billing";
  END IF;
END
$$;
