import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { APPLICATION_ID } from '../log/sqlite/schema.ts';
import { openSqliteLog } from '../log/sqlite/sqlite-log.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { roomFinding } from './check-data.ts';
import { findingsOf, type Found } from './testing/findings-of.ts';

/** With a log of one workspace and a secret, as a server leaves it. */
async function dataDirectory(): Promise<string> {
  const directory = path.join(temporaryDirectory(), 'data');
  const log = openSqliteLog({ path: path.join(directory, 'log.db') });
  await log.openWorkspace('home');
  await log.close();
  writeFileSync(path.join(directory, 'jwt-secret'), 's'.repeat(40), { mode: 0o600 });
  return directory;
}

function examined(directory: string, ...args: readonly string[]): Promise<Found> {
  return findingsOf('--data', directory, '--port', '0', '--relay-only', ...args);
}

test('of data that is well, nothing is wrong', async () => {
  const found = await examined(await dataDirectory());
  expect([found.code, found.wrong]).toEqual([0, []]);
  expect(found.of('privacy')?.state).toBe('ok');
  expect(found.of('secret')?.state).toBe('ok');
  expect(found.of('log')?.says).toMatch(/^whole: .* KiB, 1 workspace, 0 entries$/);
  expect(found.of('server')?.remedy).toBe('start it: tributary serve');
});

test('a directory that does not exist is wrong, unless only an address is looked at', async () => {
  const found = await examined('/nowhere/at/all');
  expect([found.code, found.of('data')?.state]).toEqual([1, 'wrong']);
  expect(found.of('data')?.remedy).toContain('name the right one with --data');
  const elsewhere = await examined('/nowhere/at/all', '--url', 'http://127.0.0.1:1');
  expect(elsewhere.of('data')).toMatchObject({ state: 'note' });
});

test('a file in place of the directory is told', async () => {
  const file = path.join(temporaryDirectory(), 'data');
  writeFileSync(file, '');
  expect((await examined(file)).of('data')).toMatchObject({ state: 'wrong', remedy: 'name another one with --data' });
});

test('a secret that others can read is wrong, and chmod puts it right', async () => {
  const directory = await dataDirectory();
  const file = path.join(directory, 'jwt-secret');
  chmodSync(file, 0o644);
  const found = await examined(directory);
  expect([found.code, found.wrong]).toEqual([1, ['secret']]);
  expect(found.of('secret')?.says).toContain('mode 0644');
  expect(found.of('secret')?.remedy).toContain(`chmod 600 ${file}`);
  chmodSync(file, 0o600);
  expect((await examined(directory)).wrong).toEqual([]);
});

test('a secret that is too short is wrong', async () => {
  const directory = await dataDirectory();
  writeFileSync(path.join(directory, 'jwt-secret'), 'short');
  expect((await examined(directory)).of('secret')).toMatchObject({ state: 'wrong' });
});

test('a secret that is given elsewhere is not looked for in the directory', async () => {
  const directory = await dataDirectory();
  chmodSync(path.join(directory, 'jwt-secret'), 0o644);
  const found = await examined(directory, '--jwt-secret', 'x'.repeat(40));
  expect([found.of('secret'), found.wrong]).toEqual([undefined, []]);
});

test('a directory that others can enter is worth a note', async () => {
  const directory = await dataDirectory();
  chmodSync(directory, 0o755);
  expect((await examined(directory)).of('privacy')).toMatchObject({ state: 'note', remedy: `chmod 700 ${directory}` });
});

test('a file of control that others can read is wrong', async () => {
  const directory = await dataDirectory();
  writeFileSync(path.join(directory, 'control.json'), '{}', { mode: 0o644 });
  const found = await examined(directory);
  expect(found.of('control')).toMatchObject({ state: 'wrong', remedy: 'restart the server, which makes it anew' });
});

test.skipIf(process.getuid?.() !== 0)('a file of another user is wrong, and chown puts it right', async () => {
  const directory = await dataDirectory();
  chownSync(directory, 1000, 1000);
  const found = await examined(directory);
  expect(found.of('owner')).toMatchObject({ state: 'wrong' });
  expect(found.of('owner')?.says).toMatch(/log\.db belongs to user 0, and its directory to user 1000$/);
  expect(found.of('owner')?.remedy).toContain(`chown -R 1000:1000 ${directory}`);
  // Root would leave files behind that keep that user out.
  expect(found.of('user')).toMatchObject({ state: 'note', remedy: `run it as that user: sudo -u '#1000' …` });
  expect(found.of('log')).toBeUndefined();
});

test('room on the disk is a note below 1 GiB, and wrong below 100 MiB', () => {
  const states = [99, 101, 1_023, 1_025].map((mebibytes) => roomFinding(mebibytes * 1024 ** 2).state);
  expect(states).toEqual(['wrong', 'note', 'note', 'ok']);
  expect(roomFinding(0).remedy).toContain('make room');
});

test('a damaged log is wrong', async () => {
  const directory = await dataDirectory();
  writeFileSync(
    path.join(directory, 'log.db'),
    'this is no database, though it is long enough to be taken for one'.repeat(20),
  );
  const { code, of } = await examined(directory);
  expect([code, of('log')?.state]).toEqual([1, 'wrong']);
  expect(of('log')?.remedy).toContain('put a backup there');
});

test('a log whose pages are damaged is wrong', async () => {
  const directory = await dataDirectory();
  const file = path.join(directory, 'log.db');
  const database = new SqliteDatabase(file);
  database.unsafeMode();
  database.pragma('writable_schema = ON');
  database.exec("UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'workspaces'");
  database.close();
  expect((await examined(directory)).of('log')).toMatchObject({ state: 'wrong' });
});

test('a database of another program, and a log of a newer version, are told from each other', async () => {
  const directory = path.join(temporaryDirectory(), 'data');
  mkdirSync(directory, { mode: 0o700 });
  const file = path.join(directory, 'log.db');
  const database = new SqliteDatabase(file);
  onTestFinished(() => void database.close());
  database.exec('CREATE TABLE other (a)');
  expect((await examined(directory)).of('log')?.says).toContain('is a database of another program');
  database.pragma(`application_id = ${APPLICATION_ID}`);
  database.pragma('user_version = 999');
  expect((await examined(directory)).of('log')).toMatchObject({ state: 'wrong', remedy: 'run the newer version' });
});

test('a log that another program has open is wrong', async () => {
  const directory = await dataDirectory();
  const log = openSqliteLog({ path: path.join(directory, 'log.db') });
  onTestFinished(() => log.close());
  const found = await examined(directory);
  expect(found.of('log')?.says).toContain('is in use by another process, and no server answers there');
  expect(found.of('log')?.remedy).toContain('lsof');
});

test('a log is left as it was found', async () => {
  const directory = await dataDirectory();
  const before = readFileSync(path.join(directory, 'log.db'));
  const names = readdirSync(directory);
  await examined(directory);
  expect(readFileSync(path.join(directory, 'log.db')).equals(before)).toBe(true);
  expect(readdirSync(directory)).toEqual(names);
});

test('a port that another program has is wrong', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const found = await findingsOf('--data', await dataDirectory(), '--relay-only', '--port', `${port}`);
  expect(found.wrong).toEqual(['port']);
  expect(found.of('port')?.remedy).toContain('another program listens there');
});
