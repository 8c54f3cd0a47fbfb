/** Accounts on a database of their own, behind the API as clients see it. */
import { randomUUID } from 'node:crypto';
import { createApi, type Api } from '../../http/api/api.ts';
import { addAccountRoutes } from '../../http/api/account-routes.ts';
import { addAuthRoutes } from '../../http/api/auth-routes.ts';
import { addDeviceRoutes } from '../../http/api/device-routes.ts';
import { addOidcRoutes } from '../../http/api/oidc-routes.ts';
import type { WebOptions } from '../../http/api/refresh-cookie.ts';
import { signedIn } from '../../http/api/signed-in.ts';
import { createJwtAuth } from '../../auth/jwt.ts';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import { CloudError } from '../../cloud/cloud-error.ts';
import { migrateAccounts } from '../../cloud/migrate-cloud.ts';
import { silentLogger } from '../../logger.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { AccountChanges } from '../account-changes.ts';
import { AccountStore } from '../account-store.ts';
import { createAccounts, type Accounts, type AccountsOptions } from '../create-accounts.ts';
import type { ThrottleRates } from '../throttle.ts';

export const TEST_SECRET = 'a secret that is long enough for HS256';

export const TEST_PASSWORD = 'correct horse battery';

/** What a client has after signing in. */
export interface TestSignIn {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly refreshToken: string;
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
  readonly device: { readonly id: string; readonly name: string; readonly platform: string };
}

export interface TestAccountsOptions extends Partial<Pick<AccountsOptions, 'signup' | 'oidc' | 'secrets' | 'clock'>> {
  readonly rates?: Partial<ThrottleRates>;
  readonly web?: WebOptions;
}

export class TestAccounts {
  readonly clock: FakeClock;
  readonly changes = new AccountChanges();
  /** What was told, in order. */
  readonly told: object[] = [];
  readonly store: AccountStore;
  readonly accounts: Accounts;
  readonly api: Api;
  readonly database: CloudDatabase;
  #isAway = false;

  /** On a database that has the tables of accounts (`migrateAccounts`). */
  constructor(database: CloudDatabase, options: TestAccountsOptions = {}) {
    const { web = {}, secrets = [TEST_SECRET], signup = 'open', clock, ...rest } = options;
    this.database = database;
    this.clock = new FakeClock();
    const time = clock ?? this.clock;
    this.store = new AccountStore(() => (this.#isAway ? away(database) : database));
    this.changes.listen((change) => void this.told.push(change));
    const others = createJwtAuth({ keys: { secrets }, now: () => time.now() });
    const { store, changes } = this;
    this.accounts = createAccounts({ store, changes, secrets, others, signup, clock: time, ...rest });
    this.api = createApi(silentLogger);
    const check = signedIn({
      authenticate: this.accounts.authenticate,
      now: () => time.now(),
      uptimeMs: () => time.uptimeMs(),
      toleranceMs: 5_000,
    });
    const services = { ...this.accounts, signedIn: check, web };
    addAuthRoutes(this.api, services);
    addAccountRoutes(this.api, services);
    addDeviceRoutes(this.api, services);
    addOidcRoutes(this.api, services);
  }

  static async create(database: CloudDatabase, options?: TestAccountsOptions): Promise<TestAccounts> {
    await migrateAccounts(database);
    return new TestAccounts(database, options);
  }

  /** As long as it is away, PostgreSQL answers nothing. */
  set isAway(isAway: boolean) {
    this.#isAway = isAway;
  }

  advance(ms: number): void {
    this.clock.advanceToNext(ms);
  }

  post(path: string, body?: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.send('POST', path, body, headers);
  }

  async send(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const content = body === undefined ? {} : { 'Content-Type': 'application/json' };
    return this.api.request(path, {
      method,
      headers: { ...content, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** As somebody who is signed in. */
  as({
    accessToken,
  }: Pick<TestSignIn, 'accessToken'>): (method: string, path: string, body?: object) => Promise<Response> {
    return (method, path, body) => this.send(method, path, body, { Authorization: `Bearer ${accessToken}` });
  }

  /** Somebody new, with an account and a workspace. */
  async person(name = 'Ann', password = TEST_PASSWORD): Promise<{ readonly email: string; readonly id: string }> {
    const email = `${name.toLowerCase()}-${randomUUID()}@example.com`;
    const { id } = await this.accounts.admin.addUser({ email, name, password });
    return { email, id };
  }

  async signIn(email: string, password = TEST_PASSWORD, device: object = { name: 'Laptop' }): Promise<TestSignIn> {
    const response = await this.post('/v1/auth/login', { email, password, device });
    if (response.status !== 200) throw new TypeError(`cannot sign in: ${await response.text()}`);
    return (await response.json()) as TestSignIn;
  }

  /** Somebody new who is signed in. */
  async signedIn(name?: string): Promise<TestSignIn> {
    const { email } = await this.person(name);
    return this.signIn(email);
  }
}

function away(database: CloudDatabase): CloudDatabase {
  const refuse = () => Promise.reject(new CloudError('cloud_unavailable', 'away'));
  return {
    kind: database.kind,
    query: refuse,
    queryTable: refuse,
    execute: refuse,
    transaction: refuse,
    close: () => Promise.resolve(),
  };
}
