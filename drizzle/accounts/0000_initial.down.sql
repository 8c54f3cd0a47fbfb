DROP TABLE "billing"."webhook_events";
DROP TABLE "billing"."subscriptions";
DROP TABLE "auth"."erasures";
DROP TABLE "auth"."sites";
DROP TABLE "auth"."invitations";
DROP TABLE "auth"."members";
DROP TABLE "auth"."workspaces";
DROP TABLE "auth"."audit_events";
DROP TABLE "auth"."sessions";
DROP TABLE "auth"."devices";
DROP TABLE "auth"."identities";
DROP TABLE "auth"."account_secrets";
DROP TABLE "auth"."users";
--> statement-breakpoint
-- A schema that holds anything of somebody else is not dropped, and nothing is undone.
DROP SCHEMA "auth";
--> statement-breakpoint
-- The usage may be in it too.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'billing'::regnamespace) THEN
    DROP SCHEMA "billing";
  END IF;
END
$$;
