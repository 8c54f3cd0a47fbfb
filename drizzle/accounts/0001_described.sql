COMMENT ON SCHEMA auth IS 'Accounts, sessions and memberships, which the cloud owns.';
--> statement-breakpoint
COMMENT ON TABLE "auth"."users" IS 'An account: a person who may sign in.';
COMMENT ON COLUMN "auth"."users"."id" IS 'The account, and the subject of its tokens.';
COMMENT ON COLUMN "auth"."users"."email" IS 'The address that the person signs in with, in lower case. It is not known to be theirs.';
COMMENT ON COLUMN "auth"."users"."name" IS 'What others see.';
COMMENT ON COLUMN "auth"."users"."password_hash" IS 'The password as argon2id keeps it; null for an account that signs in elsewhere only.';
COMMENT ON COLUMN "auth"."users"."password_changed_at" IS 'When the password was last set; null where there is none.';
COMMENT ON COLUMN "auth"."users"."created_at" IS 'When the row was created.';
COMMENT ON COLUMN "auth"."users"."updated_at" IS 'When it was last changed.';
--> statement-breakpoint
COMMENT ON TABLE "auth"."account_secrets" IS 'The secret of an account, encrypted on a device with a key made from the password. Useless without that.';
COMMENT ON COLUMN "auth"."account_secrets"."user_id" IS 'The account.';
COMMENT ON COLUMN "auth"."account_secrets"."salt" IS 'What the key is made from, beside the password.';
COMMENT ON COLUMN "auth"."account_secrets"."iterations" IS 'How often the password is hashed to make the key (PBKDF2, SHA-256).';
COMMENT ON COLUMN "auth"."account_secrets"."wrapped" IS 'The secret as AES-GCM leaves it: 12 bytes of nonce, then ciphertext and tag.';
COMMENT ON COLUMN "auth"."account_secrets"."updated_at" IS 'When it was last encrypted anew.';
--> statement-breakpoint
COMMENT ON TABLE "auth"."identities" IS 'Who an account is at an identity provider that it signs in with (OpenID Connect).';
COMMENT ON COLUMN "auth"."identities"."issuer" IS 'The provider.';
COMMENT ON COLUMN "auth"."identities"."subject" IS 'Who the person is there; never given to somebody else.';
COMMENT ON COLUMN "auth"."identities"."user_id" IS 'The account.';
COMMENT ON COLUMN "auth"."identities"."created_at" IS 'When the person first signed in that way.';
--> statement-breakpoint
COMMENT ON TABLE "auth"."devices" IS 'Where an account is, or was, signed in.';
COMMENT ON COLUMN "auth"."devices"."id" IS 'The device, named in the tokens that it gets.';
COMMENT ON COLUMN "auth"."devices"."user_id" IS 'The account.';
COMMENT ON COLUMN "auth"."devices"."name" IS 'What its owner calls it.';
COMMENT ON COLUMN "auth"."devices"."platform" IS 'What it is: web, desktop, cli and so on.';
COMMENT ON COLUMN "auth"."devices"."created_at" IS 'When the person signed in there.';
COMMENT ON COLUMN "auth"."devices"."last_seen_at" IS 'When it was last heard of, to the hour.';
COMMENT ON COLUMN "auth"."devices"."revoked_at" IS 'When it was shut out; null for one that may sync.';
--> statement-breakpoint
COMMENT ON TABLE "auth"."sessions" IS 'One sign-in and the refresh tokens that followed from it, of which only the newest is good.';
COMMENT ON COLUMN "auth"."sessions"."id" IS 'The session, named in its tokens.';
COMMENT ON COLUMN "auth"."sessions"."user_id" IS 'The account.';
COMMENT ON COLUMN "auth"."sessions"."device_id" IS 'Where it was begun.';
COMMENT ON COLUMN "auth"."sessions"."seed" IS 'What its refresh tokens are made from, beside the key of the server.';
COMMENT ON COLUMN "auth"."sessions"."generation" IS 'Which refresh token is the newest, counted from 1. An older one ends the session.';
COMMENT ON COLUMN "auth"."sessions"."rotated_at" IS 'When that was given out. The one before it is still good for a moment: two tabs may ask at once.';
COMMENT ON COLUMN "auth"."sessions"."created_at" IS 'When the person signed in.';
COMMENT ON COLUMN "auth"."sessions"."expires_at" IS 'When it ends by itself; every refresh moves it.';
COMMENT ON COLUMN "auth"."sessions"."ended_at" IS 'When it was ended; null for one that lives.';
COMMENT ON COLUMN "auth"."sessions"."end_reason" IS 'Why: signed-out, revoked, reused, password-changed.';
--> statement-breakpoint
COMMENT ON TABLE "auth"."audit_events" IS 'What was done with accounts and workspaces. Goes with the account that did it.';
COMMENT ON COLUMN "auth"."audit_events"."id" IS 'The event.';
COMMENT ON COLUMN "auth"."audit_events"."at" IS 'When it happened.';
COMMENT ON COLUMN "auth"."audit_events"."kind" IS 'What was done, such as signed-in, sign-in-failed, device-revoked, role-changed.';
COMMENT ON COLUMN "auth"."audit_events"."user_id" IS 'The account that did it, or that it was done to; null where nobody had signed in.';
COMMENT ON COLUMN "auth"."audit_events"."workspace_id" IS 'The workspace that it was about; null where it was none.';
COMMENT ON COLUMN "auth"."audit_events"."address" IS 'The network address that it came from; null for commands on the server.';
COMMENT ON COLUMN "auth"."audit_events"."detail" IS 'More about it, for people.';
--> statement-breakpoint
COMMENT ON TABLE "auth"."workspaces" IS 'The workspaces that accounts share.';
COMMENT ON COLUMN "auth"."workspaces"."id" IS 'The workspace, as the relay and the cloud copy know it.';
COMMENT ON COLUMN "auth"."workspaces"."name" IS 'What its members call it.';
COMMENT ON COLUMN "auth"."workspaces"."owner_id" IS 'Whose plan it counts towards, and with whose account it goes. Always a member with the role owner.';
COMMENT ON COLUMN "auth"."workspaces"."created_at" IS 'When the row was created.';
COMMENT ON COLUMN "auth"."workspaces"."updated_at" IS 'When it was last changed.';
--> statement-breakpoint
COMMENT ON TABLE "auth"."members" IS 'Who may do what in a workspace.';
COMMENT ON COLUMN "auth"."members"."workspace_id" IS 'The workspace.';
COMMENT ON COLUMN "auth"."members"."user_id" IS 'The account.';
COMMENT ON COLUMN "auth"."members"."role" IS 'owner, editor or viewer.';
COMMENT ON COLUMN "auth"."members"."created_at" IS 'When the row was created.';
COMMENT ON COLUMN "auth"."members"."updated_at" IS 'When it was last changed.';
--> statement-breakpoint
COMMENT ON TABLE "auth"."invitations" IS 'Links that make whoever follows them a member.';
COMMENT ON COLUMN "auth"."invitations"."id" IS 'The invitation.';
COMMENT ON COLUMN "auth"."invitations"."workspace_id" IS 'The workspace.';
COMMENT ON COLUMN "auth"."invitations"."role" IS 'What the new member may do: owner, editor or viewer.';
COMMENT ON COLUMN "auth"."invitations"."token_hash" IS 'SHA-256 of what the link carries.';
COMMENT ON COLUMN "auth"."invitations"."created_by" IS 'The member who made it.';
COMMENT ON COLUMN "auth"."invitations"."created_at" IS 'When it was made.';
COMMENT ON COLUMN "auth"."invitations"."expires_at" IS 'Until when it is good.';
COMMENT ON COLUMN "auth"."invitations"."uses_left" IS 'How many people may still follow it.';
--> statement-breakpoint
COMMENT ON TABLE "auth"."sites" IS 'Which replica is whose.';
COMMENT ON COLUMN "auth"."sites"."workspace_id" IS 'The workspace.';
COMMENT ON COLUMN "auth"."sites"."site_id" IS 'The site id of the replica, 16 bytes.';
COMMENT ON COLUMN "auth"."sites"."user_id" IS 'The account that has synced with it; nobody else may.';
COMMENT ON COLUMN "auth"."sites"."device_id" IS 'The device that it was last seen on.';
COMMENT ON COLUMN "auth"."sites"."first_seen_at" IS 'When it first said so.';
--> statement-breakpoint
COMMENT ON TABLE "auth"."erasures" IS 'What has been deleted for people and is still to be erased from the log and the cloud copy. Empty when all is done.';
COMMENT ON COLUMN "auth"."erasures"."id" IS 'The erasure.';
COMMENT ON COLUMN "auth"."erasures"."workspace_id" IS 'The workspace.';
COMMENT ON COLUMN "auth"."erasures"."member_id" IS 'Whose rows go; null for the whole workspace.';
COMMENT ON COLUMN "auth"."erasures"."requested_at" IS 'When it was deleted.';
--> statement-breakpoint
COMMENT ON TABLE "billing"."subscriptions" IS 'Which plan an account has.';
COMMENT ON COLUMN "billing"."subscriptions"."id" IS 'The subscription.';
COMMENT ON COLUMN "billing"."subscriptions"."user_id" IS 'The account.';
COMMENT ON COLUMN "billing"."subscriptions"."stripe_customer_id" IS 'The account at the payment provider; null for a plan that an admin has given.';
COMMENT ON COLUMN "billing"."subscriptions"."stripe_subscription_id" IS 'The subscription there; null for a plan that an admin has given.';
COMMENT ON COLUMN "billing"."subscriptions"."plan" IS 'The plan, by the name that the server is configured with.';
COMMENT ON COLUMN "billing"."subscriptions"."status" IS 'active, trialing, past_due, paused, cancelled or incomplete.';
COMMENT ON COLUMN "billing"."subscriptions"."current_period_end" IS 'Until when it is paid; null where it does not end.';
COMMENT ON COLUMN "billing"."subscriptions"."cancel_at_period_end" IS 'Whether it ends then.';
COMMENT ON COLUMN "billing"."subscriptions"."said_at" IS 'When the provider said what stands here: what it said earlier and arrives later counts for nothing.';
COMMENT ON COLUMN "billing"."subscriptions"."created_at" IS 'When the row was created.';
COMMENT ON COLUMN "billing"."subscriptions"."updated_at" IS 'When it was last changed.';
--> statement-breakpoint
COMMENT ON TABLE "billing"."webhook_events" IS 'What the payment provider has sent, so that the same event counts once.';
COMMENT ON COLUMN "billing"."webhook_events"."id" IS 'The event, as the provider names it.';
COMMENT ON COLUMN "billing"."webhook_events"."kind" IS 'What it says.';
COMMENT ON COLUMN "billing"."webhook_events"."said_at" IS 'When it happened there.';
COMMENT ON COLUMN "billing"."webhook_events"."received_at" IS 'When it arrived here.';
