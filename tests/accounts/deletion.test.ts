/** The server as it is run: a person deletes their account over HTTP, and afterwards everything that is there is searched. */
import { readdirSync, readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openReplica, type Replica } from '@tributary/database';
import { SyncClient } from '@tributary/sync';
import { decodeBatch } from '@tributary/sync/protocol';
import {
  openCloud,
  openSqliteLog,
  silentLogger,
  SyncServer,
  type CloudDatabase,
  type Logger,
} from '@tributary/sync-server';
import { describeEachCloud, tablesWith } from '@tributary/sync-server/testing';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../network/wait-until.ts';

const PASSWORD = 'correct horse battery';
const TIMEOUT_MS = 120_000;

/** What nobody may find any more; each is one word, as search takes texts apart. */
const MARKS = {
  email: 'annsmailbox',
  name: 'annsfullname',
  device: 'annslaptopname',
  workspace: 'annsworkspacename',
  note: 'annsprivatethought',
  profile: 'annsprofilename',
  key: 'annskeyciphertext',
  setting: 'annssettingvalue',
  phone: 'annsphonename',
};

interface Person {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

interface Device {
  readonly replica: Replica;
  readonly client: SyncClient;
}

describeEachCloud('deleting an account of a server', (cloud) => {
  let directory: string;
  let url: string | undefined;
  let server: SyncServer;
  let erased = 0;

  beforeEach(async () => {
    erased = 0;
    directory = mkdtempSync(path.join(tmpdir(), 'tributary-deletion-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    url = (await cloud.create()).url;
    await start();
    onTestFinished(() => server.stop({ timeoutMs: 100 }));
  }, TIMEOUT_MS);

  test('leaves nothing of the person, and everything of the others', { timeout: TIMEOUT_MS }, async () => {
    const ann = await person(`${MARKS.email}@example.com`, MARKS.name, MARKS.device);
    const bob = await person('bob@example.com', 'Bob', 'Bobs laptop');
    const own = await workspaceOf(ann, MARKS.workspace);
    const shared = await workspaceOf(bob, 'Shared');
    const { token } = await ask<{ token: string }>(bob, 'POST', `/v1/workspaces/${shared}/invitations`, {
      role: 'editor',
    });
    await ask(ann, 'POST', '/v1/invitations/accept', { token });

    const [atHome, annShared, bobShared] = [device(ann, own), device(ann, shared), device(bob, shared)];
    for (let i = 0; i < 30; i++) addNote(atHome, `${MARKS.note} ${i} ${'and so on '.repeat(i * 5)}`);
    writeOwnRows(annShared, ann);
    addNote(annShared, 'for all of us');
    await Promise.all([atHome.client.sync(), annShared.client.sync()]);
    await bobShared.client.sync();
    addNote(bobShared, 'from Bob');
    await bobShared.client.sync();
    const hash = await stopped(async (database) => {
      const rows = await database.query<{ hash: string }>(
        'SELECT password_hash AS hash FROM auth.users WHERE id = $1',
        [ann.id],
      );
      for (const mark of Object.values(MARKS)) expect(await tracesOf(database, mark), mark).not.toEqual([]);
      return rows[0]?.hash ?? '';
    });

    const forecast = await ask<{ deleted: { id: string }[]; left: { id: string }[] }>(
      ann,
      'GET',
      '/v1/account/deletion',
    );
    expect(forecast.deleted.map(({ id }) => id)).toContain(own);
    expect(forecast.left.map(({ id }) => id)).toEqual([shared]);
    await ask(ann, 'POST', '/v1/account/deletion', { email: ann.email, password: PASSWORD });

    bobShared.client.connect();
    await waitUntil(() => replicaTablesWith(bobShared, ann.id).every((table) => table.includes('__crsql_')), {
      what: () => `Bob to drop the rows, which are in ${replicaTablesWith(bobShared, ann.id).join()}`,
    });
    for (const mark of Object.values(MARKS)) expect(replicaTablesWith(bobShared, mark), mark).toEqual([]);
    expect(titlesOf(bobShared)).toEqual(['for all of us', 'from Bob']);
    addNote(annShared, 'too late');
    await waitUntil(() => annShared.client.status.state === 'blocked', { what: 'Ann to be shut out' });
    // Two workspaces of Ann's own, and her rows in Bob's.
    await waitUntil(() => erased === 3, { what: 'everything to be erased', timeoutMs: 60_000 });

    await stopped(async (database) => {
      expect(await database.query('SELECT * FROM auth.erasures')).toEqual([]);
      for (const mark of [...Object.values(MARKS), hash, own, 'too late']) {
        expect(await tracesOf(database, mark), mark).toEqual([]);
      }
      const rows = await database.query<{ title: string }>('SELECT title FROM app.notes ORDER BY title');
      expect(rows.map(({ title }) => title)).toEqual(['for all of us', 'from Bob']);
    });
    const fresh = device(bob, shared);
    await fresh.client.sync();
    expect(titlesOf(fresh)).toEqual(['for all of us', 'from Bob']);
    expect(fresh.replica.sqlite.prepare('SELECT name FROM users').pluck().all()).toEqual([]);
  });

  const logger: Logger = {
    ...silentLogger,
    info: (_fields, message) => void (erased += message === 'what was deleted is erased' ? 1 : 0),
  };

  async function start(): Promise<void> {
    const port = server === undefined ? 0 : (ports.get(directory) ?? 0);
    const options = { dataDirectory: directory, port, accounts: { signup: 'open' as const }, logger };
    server = await new SyncServer({ ...options, cloud: url === undefined ? {} : { url } }).start();
    ports.set(directory, server.port);
  }

  /** Does something with the cloud copy while the server is down. */
  async function stopped<T>(work: (database: CloudDatabase) => Promise<T>): Promise<T> {
    await server.stop({ timeoutMs: 500 });
    const database = await openCloud({ directory, url, logger: silentLogger });
    try {
      return await work(database);
    } finally {
      await database.close();
      await start();
    }
  }

  async function person(email: string, name: string, deviceName: string): Promise<Person> {
    await ask(undefined, 'POST', '/v1/auth/register', { email, password: PASSWORD, name });
    const { user, accessToken } = await ask<{ user: { id: string }; accessToken: string }>(
      undefined,
      'POST',
      '/v1/auth/login',
      { email, password: PASSWORD, device: { name: deviceName } },
    );
    return { id: user.id, email, token: accessToken };
  }

  async function workspaceOf(owner: Person, name: string): Promise<string> {
    return (await ask<{ id: string }>(owner, 'POST', '/v1/workspaces', { name })).id;
  }

  async function ask<Answer>(
    asking: Person | undefined,
    method: string,
    route: string,
    body?: object,
  ): Promise<Answer> {
    const response = await fetch(`${server.address}${route}`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(asking && { Authorization: `Bearer ${asking.token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  function device({ token }: Person, workspaceId: string): Device {
    const replica = openReplica({ path: ':memory:' });
    const client = new SyncClient(`ws://127.0.0.1:${server.port}/sync`, token, {
      replica,
      workspaceId,
      backoff: { initialMs: 50, maxMs: 300 },
    });
    onTestFinished(() => {
      client.close();
      replica.close();
    });
    return { replica, client };
  }

  /** In any column of any table of any schema, in what the log says, and in its files. */
  async function tracesOf(database: CloudDatabase, text: string): Promise<string[]> {
    const files = readdirSync(directory).filter((name) => name.startsWith('log.db'));
    return [
      ...(await tablesWith(database, text)),
      ...files.filter((name) => readFileSync(path.join(directory, name)).includes(text)),
      ...(await entriesWith(text)),
    ];
  }

  async function entriesWith(text: string): Promise<string[]> {
    const log = openSqliteLog({ path: path.join(directory, 'log.db') });
    const found = new Set<string>();
    for (const { workspaceId } of await log.workspaces()) {
      const range = { after: 0, maxEntries: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER };
      for (const { payload, siteId } of await log.read(workspaceId, range)) {
        for (const { table, cid, val } of decodeBatch(payload, siteId).changes) {
          const shown = val instanceof Uint8Array ? Buffer.from(val).toString() : String(val);
          if (shown.includes(text)) found.add(`entry ${table}.${cid}`);
        }
      }
    }
    await log.close();
    return [...found];
  }
});

/** A server that is started again keeps its address. */
const ports = new Map<string, number>();

function replicaTablesWith({ replica }: Device, text: string): string[] {
  const names = replica.sqlite
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\'`)
    .pluck()
    .all() as string[];
  return names.filter((name) => {
    const rows = replica.sqlite.prepare(`SELECT * FROM "${name}"`).raw().all() as unknown[][];
    const shown = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString() : String(value));
    return rows.some((row) => row.some((value) => shown(value).includes(text)));
  });
}

function addNote({ replica }: Device, title: string): void {
  replica.sqlite.prepare('INSERT INTO notes (id, title) VALUES (?, ?)').run(replica.newId(), title);
}

function titlesOf({ replica }: Device): unknown[] {
  return replica.sqlite.prepare('SELECT title FROM notes ORDER BY title').pluck().all();
}

function writeOwnRows({ replica }: Device, { id }: Person): void {
  const { sqlite } = replica;
  sqlite.prepare('INSERT INTO users (id, name) VALUES (?, ?)').run(id, MARKS.profile);
  sqlite.prepare('INSERT INTO api_keys (user_id, provider, ciphertext) VALUES (?, ?, ?)').run(id, 'p', MARKS.key);
  sqlite.prepare('INSERT INTO settings (user_id, key, value) VALUES (?, ?, ?)').run(id, 'k', `"${MARKS.setting}"`);
  sqlite.prepare('INSERT INTO devices (id, user_id, name) VALUES (?, ?, ?)').run(replica.newId(), id, MARKS.phone);
}
