TRUNCATE "sync"."search_documents", "sync"."search_queue";
--> statement-breakpoint
ALTER TABLE "sync"."search_documents" DROP COLUMN "indexed_at", DROP COLUMN "words";
ALTER TABLE "sync"."search_documents" ADD COLUMN "words" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('simple', left(title, 1000)), 'A') || setweight(to_tsvector('simple', left(body, 100000)), 'B')) STORED;
COMMENT ON COLUMN "sync"."search_documents"."words" IS 'The words of both: of the title the first 1,000 characters, of the text the first 100,000.';
CREATE INDEX "search_documents_words" ON "sync"."search_documents" USING gin ("words");
--> statement-breakpoint
ALTER TABLE "sync"."search_queue" DROP COLUMN "seq";
ALTER TABLE "sync"."search_queue" ADD CONSTRAINT "search_queue_workspace_id_kind_id_pk" PRIMARY KEY("workspace_id","kind","id");
CREATE INDEX "search_queue_next" ON "sync"."search_queue" USING btree ("queued_at");
