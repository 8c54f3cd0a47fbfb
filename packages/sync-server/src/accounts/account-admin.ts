/** What whoever runs the server does with accounts, without being one. */
import type { Clock } from '../clock.ts';
import { ApiError } from '../errors.ts';
import type { AccountChanges } from './account-changes.ts';
import type { AccountStore } from './account-store.ts';
import { recordEvent } from './audit.ts';
import { parseEmail } from './email.ts';
import { insertAccount } from './new-account.ts';
import type { Passwords } from './passwords.ts';
import { endSessions } from './session-rows.ts';
import { expectPassword } from './sign-in.ts';
import type { User } from './user.ts';

export interface AccountAdminOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  readonly passwords: Passwords;
  readonly clock: Clock;
}

export interface UserToAdd {
  readonly email: string;
  readonly name?: string;
  /** Without one the person can only sign in elsewhere (OpenID Connect). */
  readonly password?: string | undefined;
}

export interface ListedUser extends User {
  readonly createdAt: Date;
  readonly hasPassword: boolean;
  /** Not counting those that were shut out. */
  readonly devices: number;
  readonly lastSeenAt: Date | null;
}

export class AccountAdmin {
  readonly #options: AccountAdminOptions;

  constructor(options: AccountAdminOptions) {
    this.#options = options;
  }

  /** With a workspace of its own, as for everybody. Throws `conflict` where the e-mail has an account. */
  async addUser({ email: written, name = '', password }: UserToAdd): Promise<User> {
    const { store, passwords } = this.#options;
    const email = expectEmail(written);
    if (password !== undefined) expectPassword(password, email);
    const passwordHash = password === undefined ? undefined : await passwords.hash(password);
    const id = await insertAccount(store, { email, name, passwordHash });
    if (id === undefined) throw new ApiError('conflict', `there is an account with the e-mail ${email}`);
    return { id, email, name };
  }

  /** Everybody who is signed in with that account is signed out. Throws `not_found`. */
  async setPassword(writtenEmail: string, password: string): Promise<void> {
    const { store, changes, passwords, clock } = this.#options;
    const email = expectEmail(writtenEmail);
    expectPassword(password, email);
    const passwordHash = await passwords.hash(password);
    const now = new Date(clock.now());
    const userId = await store.transaction(async (queries) => {
      const [user] = await queries.query<{ id: string }>(
        `UPDATE auth.users SET password_hash = $2, password_changed_at = $3, updated_at = $3 WHERE email = $1
         RETURNING id`,
        [email, passwordHash, now],
      );
      if (user === undefined) throw new ApiError('not_found', `there is no account with the e-mail ${email}`);
      await endSessions(queries, { userId: user.id, reason: 'password-changed', now });
      await recordEvent(queries, { kind: 'password-set', userId: user.id });
      return user.id;
    });
    await changes.tell({ userId });
  }

  listUsers(): Promise<ListedUser[]> {
    return this.#options.store.query<ListedUser>(
      `SELECT u.id, u.email, u.name, u.created_at AS "createdAt", u.password_hash IS NOT NULL AS "hasPassword",
         count(d.id) FILTER (WHERE d.revoked_at IS NULL)::int AS devices, max(d.last_seen_at) AS "lastSeenAt"
       FROM auth.users u LEFT JOIN auth.devices d ON d.user_id = u.id GROUP BY u.id ORDER BY u.email`,
    );
  }
}

function expectEmail(written: string): string {
  const email = parseEmail(written);
  if (email !== undefined) return email;
  const issue = { parameter: 'email', message: 'has to be an e-mail address' };
  throw new ApiError('request_invalid', `${issue.parameter} ${issue.message}`, { issues: [issue] });
}
