-- What Drizzle cannot say: a role for readers, views, functions, storage, and trigrams where they can be had.
-- Nothing here needs a superuser. What needs a privilege or an extension is left out, with a notice, where that is missing.

-- The fold rewrites a row's state with every edit; compressing it each time costs more than the space is worth.
ALTER TABLE sync.row_clocks ALTER COLUMN state SET STORAGE EXTERNAL;
--> statement-breakpoint

-- The role belongs to the cluster: another database may have made it, or may be making it at this moment.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tributary_reader') THEN
    CREATE ROLE tributary_reader NOLOGIN;
    COMMENT ON ROLE tributary_reader IS 'May read the cloud copy of the workspaces that sync.reader_grants grants to its members.';
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN
    NULL;
  WHEN insufficient_privilege THEN
    RAISE NOTICE 'the role tributary_reader could not be created (%); create it, then SELECT sync.grant_reading()', SQLERRM;
END
$$;
--> statement-breakpoint

CREATE VIEW sync.lag WITH (security_invoker = true) AS
SELECT
  workspace_id,
  seq,
  head_seq,
  greatest(head_seq - seq, 0) AS entries_behind,
  CASE WHEN pending_since IS NULL THEN interval '0' ELSE greatest(now() - pending_since, interval '0') END AS lag,
  checked_at
FROM sync.cursors;
--> statement-breakpoint
COMMENT ON VIEW sync.lag IS 'How far the cloud copy of each workspace is behind the relay.';
COMMENT ON COLUMN sync.lag.workspace_id IS 'The workspace.';
COMMENT ON COLUMN sync.lag.seq IS 'The last entry of the log that the rows in app hold.';
COMMENT ON COLUMN sync.lag.head_seq IS 'The last entry of the log, when it was last looked at.';
COMMENT ON COLUMN sync.lag.entries_behind IS 'Entries that are not yet projected.';
COMMENT ON COLUMN sync.lag.lag IS 'For how long the oldest of them has waited; zero when there is none.';
COMMENT ON COLUMN sync.lag.checked_at IS 'When the log was last looked at. Old where no projector is running.';
--> statement-breakpoint

CREATE FUNCTION sync.grant_reading() RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tributary_reader') THEN
    RAISE NOTICE 'there is no role tributary_reader; create it, then SELECT sync.grant_reading()';
    RETURN false;
  END IF;
  GRANT USAGE ON SCHEMA app, sync, billing TO tributary_reader;
  GRANT SELECT ON ALL TABLES IN SCHEMA app TO tributary_reader;
  GRANT SELECT ON billing.usage_days, sync.cursors, sync.lag, sync.quarantine, sync.reader_grants TO tributary_reader;
  IF to_regclass('sync.orphans') IS NOT NULL THEN
    GRANT SELECT ON sync.orphans TO tributary_reader;
  END IF;
  RETURN true;
END
$$;
COMMENT ON FUNCTION sync.grant_reading() IS 'Lets tributary_reader read what readers may; false where there is no such role. Rows are still held back by sync.reader_grants.';
REVOKE EXECUTE ON FUNCTION sync.grant_reading() FROM PUBLIC;
--> statement-breakpoint

CREATE FUNCTION sync.revoke_reading() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tributary_reader') THEN
    REVOKE ALL ON ALL TABLES IN SCHEMA app, sync, billing FROM tributary_reader;
    REVOKE ALL ON SCHEMA app, sync, billing FROM tributary_reader;
  END IF;
END
$$;
COMMENT ON FUNCTION sync.revoke_reading() IS 'Takes back what sync.grant_reading granted.';
REVOKE EXECUTE ON FUNCTION sync.revoke_reading() FROM PUBLIC;
--> statement-breakpoint

-- From the catalog, so that a table or a column that a later migration adds needs one call and no copy of its name. New
-- columns come last in a table, so a view can be replaced, and keeps its grants and whatever is built on it.
CREATE FUNCTION app.refresh_live_views() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  source record;
  described record;
BEGIN
  FOR source IN
    SELECT c.oid, c.relname, 'live_' || c.relname AS view_name,
      string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) FILTER (WHERE a.attname <> 'deleted_at') AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'app'::regnamespace AND c.relkind = 'r'
    GROUP BY c.oid, c.relname
    HAVING bool_or(a.attname = 'deleted_at')
    ORDER BY c.relname
  LOOP
    EXECUTE format('CREATE OR REPLACE VIEW app.%I WITH (security_invoker = true) AS SELECT %s FROM app.%I WHERE deleted_at IS NULL',
      source.view_name, source.columns, source.relname);
    EXECUTE format('COMMENT ON VIEW app.%I IS %L', source.view_name,
      format('The rows of app.%s that are not in the trash.', source.relname));
    FOR described IN
      SELECT a.attname, col_description(source.oid, a.attnum) AS comment
      FROM pg_attribute a
      WHERE a.attrelid = source.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'deleted_at'
    LOOP
      EXECUTE format('COMMENT ON COLUMN app.%I.%I IS %L', source.view_name, described.attname, described.comment);
    END LOOP;
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.refresh_live_views() IS 'Makes app.live_<table> for every table with a trash: its rows that are not in the trash, without deleted_at. For migrations.';
REVOKE EXECUTE ON FUNCTION app.refresh_live_views() FROM PUBLIC;
--> statement-breakpoint

CREATE FUNCTION app.drop_live_views() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT v.relname
    FROM pg_class v JOIN pg_class t ON t.relnamespace = v.relnamespace AND t.relkind = 'r' AND v.relname = 'live_' || t.relname
    WHERE v.relnamespace = 'app'::regnamespace AND v.relkind = 'v'
  LOOP
    EXECUTE format('DROP VIEW app.%I', made.relname);
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.drop_live_views() IS 'Drops what app.refresh_live_views made, so that a migration can be undone.';
REVOKE EXECUTE ON FUNCTION app.drop_live_views() FROM PUBLIC;
--> statement-breakpoint

-- A schema is known by its comment: neither function touches one that somebody else has made.
CREATE FUNCTION app.create_workspace_views(workspace text, schema_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  mark constant text := format('Live rows of the workspace %s, made by app.create_workspace_views.', workspace);
  existing constant oid := to_regnamespace(quote_ident(schema_name));
  source record;
BEGIN
  IF workspace IS NULL OR schema_name IS NULL THEN
    RAISE EXCEPTION 'create_workspace_views needs a workspace and the name of a schema' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  IF existing IS NULL THEN
    EXECUTE format('CREATE SCHEMA %I', schema_name);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', schema_name, mark);
  ELSIF obj_description(existing, 'pg_namespace') IS DISTINCT FROM mark THEN
    RAISE EXCEPTION 'the schema % exists, and was not made for the workspace %', schema_name, workspace
      USING ERRCODE = 'duplicate_schema', HINT = 'Choose another name.';
  END IF;
  FOR source IN
    SELECT c.relname, bool_or(a.attname = 'deleted_at') AS has_trash,
      string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum)
        FILTER (WHERE a.attname NOT IN ('workspace_id', 'deleted_at')) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'app'::regnamespace AND c.relkind = 'r'
    GROUP BY c.relname
    ORDER BY c.relname
  LOOP
    EXECUTE format('CREATE OR REPLACE VIEW %I.%I WITH (security_invoker = true) AS SELECT %s FROM app.%I WHERE workspace_id = %L%s',
      schema_name, source.relname, source.columns, source.relname, workspace,
      CASE WHEN source.has_trash THEN ' AND deleted_at IS NULL' ELSE '' END);
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.create_workspace_views(text, text) IS 'Makes a schema with one view per table of app that shows the live rows of one workspace, without workspace_id and deleted_at. Call it again after an upgrade: it adds what is new.';
--> statement-breakpoint

CREATE FUNCTION app.drop_workspace_views(schema_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  existing constant oid := to_regnamespace(quote_ident(schema_name));
  made record;
BEGIN
  IF existing IS NULL OR obj_description(existing, 'pg_namespace') IS NULL
    OR obj_description(existing, 'pg_namespace') NOT LIKE 'Live rows of the workspace %, made by app.create_workspace_views.' THEN
    RAISE EXCEPTION 'app.create_workspace_views has made no schema %', schema_name USING ERRCODE = 'invalid_schema_name';
  END IF;
  FOR made IN
    SELECT v.relname
    FROM pg_class v JOIN pg_class t ON t.relname = v.relname AND t.relnamespace = 'app'::regnamespace AND t.relkind = 'r'
    WHERE v.relnamespace = existing AND v.relkind = 'v'
  LOOP
    EXECUTE format('DROP VIEW %I.%I', schema_name, made.relname);
  END LOOP;
  EXECUTE format('DROP SCHEMA %I', schema_name);
END
$$;
COMMENT ON FUNCTION app.drop_workspace_views(text) IS 'Drops a schema that app.create_workspace_views made. Refuses one that holds anything else.';
--> statement-breakpoint

-- The comment tells an extension that we installed from one that was here before: only ours is ever dropped.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
    CREATE EXTENSION pg_trgm;
    COMMENT ON EXTENSION pg_trgm IS 'Trigrams of text, installed by Tributary to find titles by parts of words.';
  END IF;
EXCEPTION
  WHEN OTHERS THEN
    RAISE NOTICE 'pg_trgm cannot be had here (%): titles are found by whole words only', SQLERRM;
END
$$;
--> statement-breakpoint
DO $$
DECLARE
  home text := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
BEGIN
  IF home IS NOT NULL THEN
    EXECUTE format('CREATE INDEX search_documents_title ON sync.search_documents USING gin (title %I.gin_trgm_ops)', home);
  END IF;
END
$$;
