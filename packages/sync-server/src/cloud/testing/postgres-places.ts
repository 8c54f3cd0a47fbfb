/**
 * Where the tests have a real PostgreSQL from: DATABASE_URL, else one that answers on this machine, else one they start
 * themselves. Each test has a database of its own in it.
 */
import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import { silentLogger } from '../../logger.ts';
import type { CloudDatabase } from '../cloud-database.ts';
import { createPostgresCloud } from '../postgres/postgres-cloud.ts';
import type { CreatePlace } from './cloud-place.ts';
import { findPostgresPrograms, startPostgres, type OwnPostgres } from './own-postgres.ts';

const LOCAL_URL = 'postgres://postgres@127.0.0.1:5432/postgres';
const PROBE_TIMEOUT_MS = 1000;

// oxlint-disable-next-line node/no-process-env -- tests are told so by whoever runs them
const GIVEN_URL = process.env['DATABASE_URL'] ?? ((await answers(LOCAL_URL)) ? LOCAL_URL : undefined);

/** Why no PostgreSQL can be had; absent where one can. */
export const POSTGRES_FAULT: string | undefined =
  GIVEN_URL !== undefined || findPostgresPrograms() !== undefined
    ? undefined
    : 'no DATABASE_URL, no server at 127.0.0.1:5432, and no initdb on PATH or in /usr/lib/postgresql';

let own: Promise<OwnPostgres> | undefined;

export const createPostgresPlace: CreatePlace = async () => {
  const server = GIVEN_URL ?? (await startOwnPostgres());
  const name = `tributary_test_${randomBytes(8).toString('hex')}`;
  await administer(server, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    open: async () => openPostgres(url.href),
    remove: () => administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
};

/** At the end of a suite; the next one starts another. */
export async function stopOwnPostgres(): Promise<void> {
  const server = own;
  own = undefined;
  await (await server)?.stop();
}

async function startOwnPostgres(): Promise<string> {
  own ??= startPostgres();
  return (await own).url;
}

async function administer(url: string, sql: string): Promise<void> {
  const database = openPostgres(url);
  try {
    await database.execute(sql);
  } finally {
    await database.close();
  }
}

function openPostgres(url: string): CloudDatabase {
  return createPostgresCloud({ url, logger: silentLogger, maxConnections: 5 });
}

async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const listens = await new Promise<boolean>((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port), timeout: PROBE_TIMEOUT_MS });
    const done = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', done(true)).once('error', done(false)).once('timeout', done(false));
  });
  if (!listens) return false;
  const database = createPostgresCloud({ url, logger: silentLogger, connectTimeoutMs: PROBE_TIMEOUT_MS });
  try {
    await database.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await database.close();
  }
}
