/** That it is really the person, for what somebody at an unlocked screen must not do. */
import type { Clock } from '../clock.ts';
import { ApiError } from '../errors.ts';
import type { AccountSignIn } from './access-token.ts';
import type { AccountStore } from './account-store.ts';
import type { Passwords } from './passwords.ts';
import type { Throttle } from './throttle.ts';

export interface ConfirmationOptions {
  readonly store: AccountStore;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  readonly clock: Clock;
}

export interface Confirmed {
  readonly email: string;
  /** As it was when it was checked; null for an account that has none. */
  readonly passwordHash: string | null;
}

/** How long a sign-in stands for the password that an account does not have. */
export const FRESH_SIGN_IN_MS = 10 * 60_000;

export class Confirmation {
  readonly #options: ConfirmationOptions;

  constructor(options: ConfirmationOptions) {
    this.#options = options;
  }

  /** Throws `wrong_password`; an account without one has to have signed in within ten minutes. */
  async check({ userId, sessionId }: AccountSignIn, password: string | undefined): Promise<Confirmed> {
    const { store, clock } = this.#options;
    const row = await store.find<Confirmed & { readonly startedAt: Date }>(
      `SELECT u.email, u.password_hash AS "passwordHash", s.created_at AS "startedAt"
       FROM auth.users u JOIN auth.sessions s ON s.user_id = u.id AND s.id = $2 WHERE u.id = $1`,
      [userId, sessionId],
    );
    if (row === undefined) throw new ApiError('unauthenticated', 'sign in again');
    const { email, passwordHash, startedAt } = row;
    if (passwordHash !== null) await this.#expectRight(userId, password, passwordHash);
    else if (clock.now() - startedAt.getTime() > FRESH_SIGN_IN_MS) {
      throw new ApiError('wrong_password', 'the account has no password: sign in again, and do it within ten minutes');
    }
    return { email, passwordHash };
  }

  async #expectRight(userId: string, password: string | undefined, passwordHash: string): Promise<void> {
    const { passwords, throttle } = this.#options;
    if (password === undefined) throw new ApiError('wrong_password', 'the current password is needed');
    const giveBack = throttle.confirm(userId);
    const { isRight } = await passwords.check(password, passwordHash);
    if (!isRight) throw new ApiError('wrong_password', 'this is not the current password');
    giveBack();
  }
}
