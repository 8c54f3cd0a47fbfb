DROP INDEX IF EXISTS sync.search_documents_title;
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (
    SELECT FROM pg_extension
    WHERE extname = 'pg_trgm' AND obj_description(oid, 'pg_extension') LIKE '%installed by Tributary%'
  ) THEN
    DROP EXTENSION pg_trgm;
  END IF;
EXCEPTION
  WHEN OTHERS THEN
    RAISE NOTICE 'pg_trgm stays (%)', SQLERRM;
END
$$;
--> statement-breakpoint
SELECT sync.revoke_reading();
--> statement-breakpoint
DROP FUNCTION app.drop_workspace_views(text);
DROP FUNCTION app.create_workspace_views(text, text);
DROP FUNCTION app.drop_live_views();
DROP FUNCTION app.refresh_live_views();
DROP FUNCTION sync.revoke_reading();
DROP FUNCTION sync.grant_reading();
DROP VIEW sync.lag;
--> statement-breakpoint
-- The role stays: it is the cluster's, and other databases may use it. Here it has lost all that it was granted.
ALTER TABLE sync.row_clocks ALTER COLUMN state SET STORAGE EXTENDED;
