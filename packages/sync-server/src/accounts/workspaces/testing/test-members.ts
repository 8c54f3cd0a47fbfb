/** A migrated database with accounts in it, and an API whose callers say who they are. */
import { randomUUID } from 'node:crypto';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import type { CloudDatabase } from '../../../cloud/cloud-database.ts';
import { migrateAccounts, migrateCloud } from '../../../cloud/migrate-cloud.ts';
import type { TestCloud } from '../../../cloud/testing/describe-each-cloud.ts';
import { createApi, type Api } from '../../../http/api/api.ts';
import { signedIn } from '../../../http/api/signed-in.ts';
import { silentLogger } from '../../../logger.ts';
import { FakeClock } from '../../../testing/fake-clock.ts';
import { AccountChanges, type AccountChange } from '../../account-changes.ts';
import { AccountStore } from '../../account-store.ts';

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says what it expects
  readonly json: any;
  readonly headers: Headers;
}

export class TestMembers {
  readonly database: CloudDatabase;
  readonly store: AccountStore;
  readonly clock = new FakeClock();
  readonly changes = new AccountChanges();
  /** What was told, in order. */
  readonly told: AccountChange[] = [];
  readonly api: Api = createApi(silentLogger);
  readonly signedIn = signedIn({
    // The user is the token, and the session that of the user's first sign-in.
    authenticate: (userId) => ({ userId, roleIn: () => undefined, signIn: { sessionId: userId, deviceId: userId } }),
    now: () => this.clock.now(),
    uptimeMs: () => this.clock.uptimeMs(),
    toleranceMs: 0,
    rate: { perSecond: 1_000, burst: 100_000 },
  });

  private constructor(database: CloudDatabase) {
    this.database = database;
    this.store = new AccountStore(() => database);
    this.changes.listen((change) => void this.told.push(change));
  }

  static async open(cloud: TestCloud): Promise<TestMembers> {
    const database = await cloud.open();
    await migrateCloud(database, workspaceCloudSchema.migrations);
    await migrateAccounts(database);
    return new TestMembers(database);
  }

  async addUser(name: string): Promise<string> {
    const id = randomUUID();
    await this.database.query('INSERT INTO auth.users (id, email, name) VALUES ($1, $2, $3)', [
      id,
      `${name}-${id.slice(0, 8)}@example.org`,
      name,
    ]);
    return id;
  }

  async call(
    userId: string | undefined,
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await this.api.request(path, {
      method,
      headers: {
        ...headers,
        ...(userId !== undefined && { Authorization: `Bearer ${userId}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json: unknown = text === '' ? undefined : JSON.parse(text);
    const code = (json as { code?: string } | undefined)?.code;
    return { status: response.status, code, json, headers: response.headers };
  }
}
