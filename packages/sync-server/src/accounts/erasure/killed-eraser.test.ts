import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { packKey, type Change, type SqlValue } from '@tributary/database/changes';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import { encodeBatch } from '@tributary/sync/protocol';
import { expect, test } from 'vitest';
import { migrateAccounts, migrateCloud } from '../../cloud/migrate-cloud.ts';
import { openPgliteCloud } from '../../cloud/pglite/pglite-cloud.ts';
import { templateDirectory } from '../../cloud/testing/pglite-places.ts';
import { openSqliteLog } from '../../log/sqlite/sqlite-log.ts';
import { silentLogger } from '../../logger.ts';
import { Projection } from '../../projector/projection.ts';
import { temporaryDirectory } from '../../testing/temporary-directory.ts';
import { AccountStore } from '../account-store.ts';
import { queueErasure } from './erasures.ts';
import { tablesWith } from '../../cloud/testing/tables-with.ts';

const CHILD = fileURLToPath(new URL('../../../dist/accounts/erasure/testing/erase-child.js', import.meta.url));
const TIMEOUT_MS = 120_000;

const MEMBER = '0198c0de-0000-7000-8000-0000000000aa';
const SECRET = 'annsprivatethought';
const PROFILE = 'annsprofilename';
const KEPT = 'whatbobwrote';
const ENTRIES = 3_000;
const KILLS_AFTER_MS = [1, 60, 150, 300];

test('an eraser that is killed again and again comes to its end all the same', { timeout: TIMEOUT_MS }, async () => {
  const directory = temporaryDirectory();
  await prepare(directory);
  const endings: string[] = [];
  for (const ms of KILLS_AFTER_MS) endings.push(await runChild(directory, ms));
  expect(endings.slice(0, 2)).toEqual(['begun', 'begun']);
  expect(await runChild(directory, undefined)).toBe('done');

  const cloud = await openPgliteCloud({ directory: path.join(directory, 'postgres'), logger: silentLogger });
  const log = openSqliteLog({ path: path.join(directory, 'log.db') });
  expect(await cloud.query('SELECT * FROM auth.erasures')).toEqual([]);
  expect((await log.workspaces()).map(({ workspaceId }) => workspaceId)).toEqual(['shared']);
  for (const mark of [SECRET, PROFILE]) expect(await tablesWith(cloud, mark), mark).toEqual([]);
  const [notes] = await cloud.query(`SELECT count(*)::int AS n FROM app.notes WHERE title = '${KEPT}'`);
  expect(notes).toEqual({ n: ENTRIES / 2 });
  const read = await log.read('shared', { after: 0, maxEntries: 10_000, maxBytes: Number.MAX_SAFE_INTEGER });
  const held = Buffer.concat(read.map(({ payload }) => Buffer.from(payload)));
  expect([held.indexOf(PROFILE) >= 0, held.indexOf(KEPT) >= 0]).toEqual([false, true]);
  await log.close();
  await cloud.close();
});

/** A workspace that is to go, and one that lives on without its member's rows; both in the cloud copy. */
async function prepare(directory: string): Promise<void> {
  cpSync(await templateDirectory(), path.join(directory, 'postgres'), { recursive: true });
  const cloud = await openPgliteCloud({ directory: path.join(directory, 'postgres'), logger: silentLogger });
  await migrateCloud(cloud, workspaceCloudSchema.migrations);
  await migrateAccounts(cloud);
  const log = openSqliteLog({ path: path.join(directory, 'log.db') });
  for (const id of ['gone', 'shared']) await log.openWorkspace(id);
  for (let version = 1; version <= ENTRIES; version += 100) {
    const versions = Array.from({ length: 100 }, (_, index) => version + index);
    await log.append(
      versions.flatMap((each) => [
        append('gone', each, 'notes', [noteId(each)], 'title', SECRET),
        each % 2 === 0
          ? append('shared', each, 'settings', [MEMBER, `key ${each}`], 'value', `"${PROFILE}"`)
          : append('shared', each, 'notes', [noteId(each)], 'title', KEPT),
      ]),
    );
  }
  const projection = new Projection({ log, cloud, schema: workspaceCloudSchema });
  for (let isBehind = true; isBehind;) {
    const stands = await projection.advance(
      new Map((await log.workspaces()).map(({ workspaceId, head }) => [workspaceId, head])),
    );
    isBehind = [...stands.values()].some(({ pendingSince }) => pendingSince !== undefined) || stands.size < 2;
  }
  expect(await tablesWith(cloud, SECRET)).toContain('app.notes');
  expect(await tablesWith(cloud, PROFILE)).toContain('app.settings');
  await new AccountStore(() => cloud).transaction(async (queries) => {
    await queueErasure(queries, { workspaceId: 'gone' });
    await queueErasure(queries, { workspaceId: 'shared', memberId: MEMBER });
  });
  await log.close();
  await cloud.close();
}

function append(workspaceId: string, version: number, table: string, key: SqlValue[], cid: string, val: SqlValue) {
  const siteId = new Uint8Array(16).fill(workspaceId.length);
  const clocks = { colVersion: 1, dbVersion: version, siteId, cl: 1, seq: 0 };
  const change: Change = { table, pk: packKey(key), cid, val, ...clocks };
  const header = { prevVersion: version - 1, toVersion: version, base: undefined, refill: false, fragment: undefined };
  const payloads = [encodeBatch({ ...header, changes: [change] })];
  return { workspaceId, siteId, toVersion: version, refill: false, payloads, unknownNames: [] };
}

function noteId(number: number): string {
  return `0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

/** Killed so long after it has begun; returns the last line that it said. */
async function runChild(directory: string, killAfterMs: number | undefined): Promise<string> {
  const child = spawn(process.execPath, [CHILD, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = line;
    if (line === 'begun' && killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  });
  await new Promise((resolve) => child.once('close', resolve));
  return last;
}
