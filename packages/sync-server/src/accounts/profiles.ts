/** What the owner of an account sees and changes of it: the name, the password, and how to sign in. */
import type { Clock } from '../clock.ts';
import { ApiError } from '../errors.ts';
import type { AccountSignIn } from './access-token.ts';
import type { AccountChanges } from './account-changes.ts';
import { putSecret, type AccountSecret } from './account-secrets.ts';
import type { AccountStore } from './account-store.ts';
import { recordEvent } from './audit.ts';
import type { Confirmation } from './confirmation.ts';
import type { Passwords } from './passwords.ts';
import { endSessions } from './session-rows.ts';
import { expectPassword } from './sign-in.ts';
import type { User } from './user.ts';

export interface ProfilesOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  readonly passwords: Passwords;
  readonly confirmation: Confirmation;
  readonly clock: Clock;
}

export interface Profile extends User {
  readonly createdAt: Date;
  readonly hasPassword: boolean;
  /** Whether there is a secret that API keys are encrypted with. */
  readonly hasSecret: boolean;
  readonly issuers: readonly string[];
}

export interface PasswordChange {
  readonly current: string | undefined;
  readonly next: string;
  /** The secret, encrypted with a key made from the new password. */
  readonly secret?: AccountSecret | undefined;
  readonly address: string | undefined;
}

export class Profiles {
  readonly #options: ProfilesOptions;

  constructor(options: ProfilesOptions) {
    this.#options = options;
  }

  async find(userId: string): Promise<Profile> {
    const profile = await this.#options.store.find<Profile>(
      `SELECT u.id, u.email, u.name, u.created_at AS "createdAt", u.password_hash IS NOT NULL AS "hasPassword",
         EXISTS (SELECT FROM auth.account_secrets WHERE user_id = u.id) AS "hasSecret",
         ARRAY(SELECT issuer FROM auth.identities WHERE user_id = u.id ORDER BY issuer) AS issuers
       FROM auth.users u WHERE u.id = $1`,
      [userId],
    );
    if (profile === undefined) throw new ApiError('unauthenticated', 'there is no such account any more');
    return profile;
  }

  async rename(userId: string, name: string): Promise<void> {
    await this.#options.store.query('UPDATE auth.users SET name = $2, updated_at = now() WHERE id = $1', [
      userId,
      name,
    ]);
  }

  /** Whoever is signed in elsewhere has to sign in again. Throws `wrong_password` and `request_invalid`. */
  async changePassword(caller: AccountSignIn, { current, next, secret, address }: PasswordChange): Promise<void> {
    const { store, changes, passwords, confirmation, clock } = this.#options;
    const { userId, sessionId } = caller;
    const confirmed = await confirmation.check(caller, current);
    expectPassword(next, confirmed.email, 'next');
    const passwordHash = await passwords.hash(next);
    const now = new Date(clock.now());
    await store.transaction(async (queries) => {
      const changed = await queries.query(
        `UPDATE auth.users SET password_hash = $3, password_changed_at = $4, updated_at = $4
         WHERE id = $1 AND password_hash IS NOT DISTINCT FROM $2 RETURNING id`,
        [userId, confirmed.passwordHash, passwordHash, now],
      );
      if (changed.length === 0) throw new ApiError('wrong_password', 'the password was changed meanwhile');
      if (secret !== undefined) await putSecret(queries, userId, secret);
      await endSessions(queries, { userId, exceptSessionId: sessionId, reason: 'password-changed', now });
      await recordEvent(queries, { kind: 'password-changed', userId, address });
    });
    await changes.tell({ userId });
  }
}
