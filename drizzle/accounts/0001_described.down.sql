COMMENT ON TABLE "auth"."users" IS NULL;
COMMENT ON COLUMN "auth"."users"."id" IS NULL;
COMMENT ON COLUMN "auth"."users"."email" IS NULL;
COMMENT ON COLUMN "auth"."users"."name" IS NULL;
COMMENT ON COLUMN "auth"."users"."password_hash" IS NULL;
COMMENT ON COLUMN "auth"."users"."password_changed_at" IS NULL;
COMMENT ON COLUMN "auth"."users"."created_at" IS NULL;
COMMENT ON COLUMN "auth"."users"."updated_at" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "auth"."account_secrets" IS NULL;
COMMENT ON COLUMN "auth"."account_secrets"."user_id" IS NULL;
COMMENT ON COLUMN "auth"."account_secrets"."salt" IS NULL;
COMMENT ON COLUMN "auth"."account_secrets"."iterations" IS NULL;
COMMENT ON COLUMN "auth"."account_secrets"."wrapped" IS NULL;
COMMENT ON COLUMN "auth"."account_secrets"."updated_at" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "auth"."identities" IS NULL;
COMMENT ON COLUMN "auth"."identities"."issuer" IS NULL;
COMMENT ON COLUMN "auth"."identities"."subject" IS NULL;
COMMENT ON COLUMN "auth"."identities"."user_id" IS NULL;
COMMENT ON COLUMN "auth"."identities"."created_at" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "auth"."devices" IS NULL;
COMMENT ON COLUMN "auth"."devices"."id" IS NULL;
COMMENT ON COLUMN "auth"."devices"."user_id" IS NULL;
COMMENT ON COLUMN "auth"."devices"."name" IS NULL;
COMMENT ON COLUMN "auth"."devices"."platform" IS NULL;
COMMENT ON COLUMN "auth"."devices"."created_at" IS NULL;
COMMENT ON COLUMN "auth"."devices"."last_seen_at" IS NULL;
COMMENT ON COLUMN "auth"."devices"."revoked_at" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "auth"."sessions" IS NULL;
COMMENT ON COLUMN "auth"."sessions"."id" IS NULL;
COMMENT ON COLUMN "auth"."sessions"."user_id" IS NULL;
COMMENT ON COLUMN "auth"."sessions"."device_id" IS NULL;
COMMENT ON COLUMN "auth"."sessions"."seed" IS NULL;
COMMENT ON COLUMN "auth"."sessions"."generation" IS NULL;
COMMENT ON COLUMN "auth"."sessions"."rotated_at" IS NULL;
COMMENT ON COLUMN "auth"."sessions"."created_at" IS NULL;
COMMENT ON COLUMN "auth"."sessions"."expires_at" IS NULL;
COMMENT ON COLUMN "auth"."sessions"."ended_at" IS NULL;
COMMENT ON COLUMN "auth"."sessions"."end_reason" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "auth"."audit_events" IS NULL;
COMMENT ON COLUMN "auth"."audit_events"."id" IS NULL;
COMMENT ON COLUMN "auth"."audit_events"."at" IS NULL;
COMMENT ON COLUMN "auth"."audit_events"."kind" IS NULL;
COMMENT ON COLUMN "auth"."audit_events"."user_id" IS NULL;
COMMENT ON COLUMN "auth"."audit_events"."workspace_id" IS NULL;
COMMENT ON COLUMN "auth"."audit_events"."address" IS NULL;
COMMENT ON COLUMN "auth"."audit_events"."detail" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "auth"."workspaces" IS NULL;
COMMENT ON COLUMN "auth"."workspaces"."id" IS NULL;
COMMENT ON COLUMN "auth"."workspaces"."name" IS NULL;
COMMENT ON COLUMN "auth"."workspaces"."owner_id" IS NULL;
COMMENT ON COLUMN "auth"."workspaces"."created_at" IS NULL;
COMMENT ON COLUMN "auth"."workspaces"."updated_at" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "auth"."members" IS NULL;
COMMENT ON COLUMN "auth"."members"."workspace_id" IS NULL;
COMMENT ON COLUMN "auth"."members"."user_id" IS NULL;
COMMENT ON COLUMN "auth"."members"."role" IS NULL;
COMMENT ON COLUMN "auth"."members"."created_at" IS NULL;
COMMENT ON COLUMN "auth"."members"."updated_at" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "auth"."invitations" IS NULL;
COMMENT ON COLUMN "auth"."invitations"."id" IS NULL;
COMMENT ON COLUMN "auth"."invitations"."workspace_id" IS NULL;
COMMENT ON COLUMN "auth"."invitations"."role" IS NULL;
COMMENT ON COLUMN "auth"."invitations"."token_hash" IS NULL;
COMMENT ON COLUMN "auth"."invitations"."created_by" IS NULL;
COMMENT ON COLUMN "auth"."invitations"."created_at" IS NULL;
COMMENT ON COLUMN "auth"."invitations"."expires_at" IS NULL;
COMMENT ON COLUMN "auth"."invitations"."uses_left" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "auth"."sites" IS NULL;
COMMENT ON COLUMN "auth"."sites"."workspace_id" IS NULL;
COMMENT ON COLUMN "auth"."sites"."site_id" IS NULL;
COMMENT ON COLUMN "auth"."sites"."user_id" IS NULL;
COMMENT ON COLUMN "auth"."sites"."device_id" IS NULL;
COMMENT ON COLUMN "auth"."sites"."first_seen_at" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "auth"."erasures" IS NULL;
COMMENT ON COLUMN "auth"."erasures"."id" IS NULL;
COMMENT ON COLUMN "auth"."erasures"."workspace_id" IS NULL;
COMMENT ON COLUMN "auth"."erasures"."member_id" IS NULL;
COMMENT ON COLUMN "auth"."erasures"."requested_at" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "billing"."subscriptions" IS NULL;
COMMENT ON COLUMN "billing"."subscriptions"."id" IS NULL;
COMMENT ON COLUMN "billing"."subscriptions"."user_id" IS NULL;
COMMENT ON COLUMN "billing"."subscriptions"."stripe_customer_id" IS NULL;
COMMENT ON COLUMN "billing"."subscriptions"."stripe_subscription_id" IS NULL;
COMMENT ON COLUMN "billing"."subscriptions"."plan" IS NULL;
COMMENT ON COLUMN "billing"."subscriptions"."status" IS NULL;
COMMENT ON COLUMN "billing"."subscriptions"."current_period_end" IS NULL;
COMMENT ON COLUMN "billing"."subscriptions"."cancel_at_period_end" IS NULL;
COMMENT ON COLUMN "billing"."subscriptions"."said_at" IS NULL;
COMMENT ON COLUMN "billing"."subscriptions"."created_at" IS NULL;
COMMENT ON COLUMN "billing"."subscriptions"."updated_at" IS NULL;
--> statement-breakpoint
COMMENT ON TABLE "billing"."webhook_events" IS NULL;
COMMENT ON COLUMN "billing"."webhook_events"."id" IS NULL;
COMMENT ON COLUMN "billing"."webhook_events"."kind" IS NULL;
COMMENT ON COLUMN "billing"."webhook_events"."said_at" IS NULL;
COMMENT ON COLUMN "billing"."webhook_events"."received_at" IS NULL;
--> statement-breakpoint
COMMENT ON SCHEMA auth IS NULL;
