/**
 * Making an account and signing in with a password. What is answered, and how long it takes, is the same whether there is an
 * account with that e-mail or not. (Who makes an account and cannot sign in to it afterwards knows that it was taken: that
 * could only be kept from them by mail. Therefore it is throttled.)
 */
import { ApiError } from '../errors.ts';
import type { AccountStore } from './account-store.ts';
import { recordEvent } from './audit.ts';
import { insertAccount } from './new-account.ts';
import { passwordFault } from './password-rules.ts';
import type { Passwords } from './passwords.ts';
import type { DeviceRequest } from './session-rows.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import type { Throttle } from './throttle.ts';
import type { User } from './user.ts';

export interface SignInOptions {
  readonly store: AccountStore;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly throttle: Throttle;
  readonly signup: 'open' | 'closed';
}

/** Where a request comes from: the address for the records, and the network that it counts towards. */
export interface Origin {
  readonly address: string | undefined;
  readonly network: string;
}

export interface Registration {
  /** As parseEmail gives it. */
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly from: Origin;
}

export interface Login {
  readonly email: string;
  readonly password: string;
  readonly device: DeviceRequest;
  readonly from: Origin;
}

interface UserRow extends User {
  readonly passwordHash: string | null;
}

export class PasswordSignIn {
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /** Throws `signup_closed` and `request_invalid`; says nothing about whether the e-mail was free. */
  async register({ email, password, name, from }: Registration): Promise<void> {
    const { store, passwords, throttle, signup } = this.#options;
    if (signup === 'closed') throw new ApiError('signup_closed', 'this server takes no new accounts');
    expectPassword(password, email);
    throttle.register(from.network);
    const passwordHash = await passwords.hash(password);
    await insertAccount(store, { email, name, passwordHash, address: from.address });
  }

  /** Throws `sign_in_failed`. */
  async login({ email, password, device, from }: Login): Promise<SignedIn> {
    const { store, passwords, sessions, throttle } = this.#options;
    const giveBack = throttle.signIn(email, from.network);
    try {
      const row = await this.#find(email);
      const { isRight, isOutdated } = await passwords.check(password, row?.passwordHash);
      if (row === undefined || !isRight) return await this.#refuse(row, from);
      const { passwordHash, ...user } = row;
      const session = await store.transaction(async (queries) => {
        // The password may have been changed, or the account deleted, while this one was being checked.
        const [same] = await queries.query(
          'SELECT 1 AS same FROM auth.users WHERE id = $1 AND password_hash = $2 FOR SHARE',
          [user.id, passwordHash],
        );
        return same === undefined ? undefined : sessions.begin(queries, { user, device, address: from.address });
      });
      if (session === undefined) return await this.#refuse(row, from);
      if (isOutdated) await this.#hashAnew(row, password);
      const signedIn = await sessions.signedIn(session);
      giveBack();
      return signedIn;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'sign_in_failed') giveBack();
      throw error;
    }
  }

  #find(email: string): Promise<UserRow | undefined> {
    return this.#options.store.find<UserRow>(
      'SELECT id, email, name, password_hash AS "passwordHash" FROM auth.users WHERE email = $1',
      [email],
    );
  }

  async #refuse(user: User | undefined, { address }: Origin): Promise<never> {
    await recordEvent(this.#options.store, { kind: 'sign-in-failed', userId: user?.id, address });
    throw new ApiError('sign_in_failed', 'e-mail and password do not belong together');
  }

  /** There is a next time for it. */
  async #hashAnew({ id, passwordHash }: UserRow, password: string): Promise<void> {
    const { store, passwords } = this.#options;
    const sql = 'UPDATE auth.users SET password_hash = $3 WHERE id = $1 AND password_hash = $2';
    await passwords.hash(password).then(
      (anew) => store.query(sql, [id, passwordHash, anew]).catch(() => undefined),
      () => undefined,
    );
  }
}

/** Throws `request_invalid`. */
export function expectPassword(password: string, email: string, parameter = 'password'): void {
  const message = passwordFault(password, email);
  if (message === undefined) return;
  throw new ApiError('request_invalid', `${parameter} ${message}`, { issues: [{ parameter, message }] });
}
