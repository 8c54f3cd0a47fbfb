-- What was indexed before had other words; the indexer makes all of it anew.
TRUNCATE "sync"."search_documents", "sync"."search_queue";--> statement-breakpoint
DROP INDEX "sync"."search_queue_next";--> statement-breakpoint
ALTER TABLE "sync"."search_queue" DROP CONSTRAINT "search_queue_workspace_id_kind_id_pk";--> statement-breakpoint
ALTER TABLE "sync"."search_queue" ADD COLUMN "seq" bigint PRIMARY KEY NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "sync"."search_queue_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "sync"."search_documents" ALTER COLUMN "words" DROP EXPRESSION;--> statement-breakpoint
ALTER TABLE "sync"."search_documents" ALTER COLUMN "words" SET DEFAULT '';--> statement-breakpoint
ALTER TABLE "sync"."search_documents" ALTER COLUMN "words" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_documents" ADD COLUMN "indexed_at" timestamp with time zone DEFAULT now() NOT NULL;
