import { setImmediate as turn } from 'node:timers/promises';
import { workspaceSchema } from '@tributary/database/workspace';
import { onTestFinished } from 'vitest';
import type { Authenticate, Identity } from '../auth/identity.ts';
import type { Log } from '../log/log.ts';
import { openSqliteLog } from '../log/sqlite/sqlite-log.ts';
import type { Logger } from '../logger.ts';
import { Relay, type RelayOptions } from '../relay.ts';
import { FakeClock } from './fake-clock.ts';
import { FaultyLog } from './faulty-log.ts';
import { TestClient, type TestToken } from './test-client.ts';
import { TestConnection } from './test-connection.ts';

export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly code?: string;
  readonly [field: string]: unknown;
}

export interface TestRelay {
  readonly relay: Relay;
  readonly clock: FakeClock;
  readonly log: FaultyLog;
  readonly lines: LogLine[];
  /** Until nothing more happens without time passing. */
  readonly settle: () => Promise<void>;
  /** Lets time pass, with all that happens in it. */
  readonly pass: (ms: number) => Promise<void>;
  readonly connect: () => TestClient;
  /** Connected, and welcomed. */
  readonly join: (...hello: Parameters<TestClient['hello']>) => Promise<TestClient>;
}

/** A relay without a network, whose time stands still, on a log in memory or on one that lived before. */
export function createTestRelay(options: Partial<Omit<RelayOptions, 'log'>> & { readonly log?: Log } = {}): TestRelay {
  const clock = new FakeClock();
  const log = new FaultyLog(options.log ?? openSqliteLog({ path: ':memory:' }));
  const lines: LogLine[] = [];
  let sessions = 0;
  const relay = new Relay({
    authenticate: readTestToken,
    schema: workspaceSchema,
    clock,
    logger: recordingLogger(lines),
    newSessionId: () => `session-${++sessions}`,
    ...options,
    log,
  });
  const settle = (): Promise<void> => settled(clock);
  const connect = (): TestClient => {
    const connection = new TestConnection();
    connection.handler = relay.accept(connection, { address: '192.0.2.1' });
    return new TestClient(connection, connection.handler, settle);
  };
  onTestFinished(async () => {
    relay.close();
    await log.close();
  });
  return {
    relay,
    clock,
    log,
    lines,
    settle,
    connect,
    pass: (ms) => passed(clock, ms),
    join: (...hello) => connect().hello(...hello),
  };
}

export const readTestToken: Authenticate = async (text): Promise<Identity> => {
  const { user = '', roles = {}, expiresAt } = JSON.parse(text) as TestToken;
  const roleIn: Identity['roleIn'] = (workspaceId) => roles[workspaceId];
  return expiresAt === undefined ? { userId: user, roleIn } : { userId: user, roleIn, expiresAt };
};

async function settled(clock: FakeClock): Promise<void> {
  do {
    clock.runDeferred();
    await turn();
  } while (clock.hasDeferred);
}

async function passed(clock: FakeClock, ms: number): Promise<void> {
  let left = ms;
  await settled(clock);
  while (left > 0) {
    left -= clock.advanceToNext(left);
    await settled(clock);
  }
}

function recordingLogger(lines: LogLine[]): Logger {
  const record =
    (level: keyof Logger) =>
    (fields: object, message: string): void =>
      void lines.push({ ...fields, level, message });
  return { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') };
}
