import { packKey } from '@tributary/database/changes';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import { migrateCloud } from '../../cloud/migrate-cloud.ts';
import { describeEachCloud } from '../../cloud/testing/describe-each-cloud.ts';
import { temporaryDirectory } from '../../testing/temporary-directory.ts';
import { ErasureWorld, PASSWORD, replicaTablesWith, until, type Device, type Person } from './testing/erasure-world.ts';

/** What nobody may find any more. Each is one word, as search takes texts apart. */
const MARKS = {
  email: 'annsmailbox',
  name: 'annsfullname',
  device: 'annslaptopname',
  ownNote: 'annsprivatethought',
  ownTitle: 'annsprivatetitle',
  profile: 'annsprofilename',
  profileMail: 'annsprofilemail',
  key: 'annskeyciphertext',
  setting: 'annssettingvalue',
  deviceRow: 'annsphonename',
  quoted: 'annslostvalue',
  byOther: 'whatbobcalledann',
  workspace: 'annsworkspacename',
};

const TIMEOUT_MS = 60_000;

let people = 0;

const EVERY_MARK = Object.values(MARKS);

describeEachCloud('erasing', (cloud) => {
  let world: ErasureWorld;
  let database: CloudDatabase;

  beforeAll(async () => {
    database = await cloud.open();
    await migrateCloud(database, workspaceCloudSchema.migrations);
  }, TIMEOUT_MS);

  /** Each with a log of its own. */
  beforeEach(async () => {
    world = await ErasureWorld.open(temporaryDirectory(), database);
    onTestFinished(() => world.close());
  });

  describe('an account', () => {
    let [ann, bob] = [{} as Person, {} as Person];
    let [own, shared] = ['', ''];
    let [annAtHome, annShared, bobShared] = [{} as Device, {} as Device, {} as Device];

    beforeEach(async () => {
      ann = await world.person(`${MARKS.email}@example.com`, MARKS.name, MARKS.device);
      bob = await world.person(`bob.${++people}@example.com`, 'Bob');
      own = await world.workspaces.create(ann.id, MARKS.workspace);
      shared = await world.workspaces.create(bob.id, 'Shared');
      await world.join(shared, ann, 'editor');
      annAtHome = world.device(ann, own);
      annShared = world.device(ann, shared);
      bobShared = world.device(bob, shared);
      writeNotes(annAtHome, 40);
      await annAtHome.client.sync();
      writeOwnRows(annShared, ann);
      addNote(annShared, 'a note that Ann wrote for all');
      await annShared.client.sync();
      await bobShared.client.sync();
      writeAsBob(bobShared, bob, ann);
      await bobShared.client.sync();
      await annShared.client.sync();
      await world.settled();
      await expectTraces();
    }, TIMEOUT_MS);

    async function expectTraces(): Promise<void> {
      for (const mark of EVERY_MARK) expect(await world.tracesOf(mark), mark).not.toEqual([]);
    }

    async function deleteAnn(): Promise<void> {
      await world.deletion.delete({ account: ann.account, email: ann.email, password: PASSWORD });
      await world.eraser.done();
      await world.settled();
    }

    test('leaves nothing in any table, in the log and its files, or on the devices of others', async () => {
      const [{ password_hash: hash }] = (await database.query('SELECT password_hash FROM auth.users WHERE id = $1', [
        ann.id,
      ])) as [{ password_hash: string }];
      const before = rowsOfOthers(bobShared, ann);
      await deleteAnn();
      for (const mark of [...EVERY_MARK, hash]) expect(await world.tracesOf(mark), mark).toEqual([]);
      expect(await database.query('SELECT * FROM auth.erasures')).toEqual([]);
      expect(world.logger.lines.filter((line) => line.startsWith('error'))).toEqual([]);

      await bobShared.client.sync();
      for (const mark of EVERY_MARK) expect(replicaTablesWith(bobShared, mark), mark).toEqual([]);
      expect(rowsOfOthers(bobShared, ann)).toEqual(before);
      expect(bobShared.client.status.state).toBe('synced');
    });

    test('leaves what others have, in the log as on their devices: a new one gets the same', async () => {
      await deleteAnn();
      await bobShared.client.sync();
      const fresh = world.device(bob, shared);
      await fresh.client.sync();
      expect(everyRow(fresh)).toEqual(everyRow(bobShared));
      expect(titlesOf(fresh)).toEqual(['a note that Ann wrote for all', 'a note that Bob wrote']);
      const titles = await database.query<{ title: string }>(
        'SELECT title FROM app.notes WHERE workspace_id = $1 ORDER BY title',
        [shared],
      );
      expect(titles.map(({ title }) => title)).toEqual(titlesOf(fresh));
    });

    test('is left out by what others write meanwhile, and goes from devices that come back later', async () => {
      const late = world.device(bob, shared);
      await late.client.sync();
      late.client.disconnect();
      addNote(late, 'written on the train');
      await deleteAnn();
      await late.client.sync();
      await bobShared.client.sync();
      for (const mark of EVERY_MARK) expect(replicaTablesWith(late, mark), mark).toEqual([]);
      expect(titlesOf(bobShared)).toContain('written on the train');
      expect(everyRow(late)).toEqual(everyRow(bobShared));
      const conflicts = late.replica.sqlite.prepare('SELECT count(*) FROM conflicts').pluck().get();
      expect(conflicts).toBe(0);
    });

    test('shuts its devices out at once', async () => {
      await until(() => annShared.client.status.state === 'synced');
      await world.deletion.delete({ account: ann.account, email: ann.email, password: PASSWORD });
      addNote(annShared, 'too late');
      await until(() => annShared.client.status.state === 'blocked');
      await world.eraser.done();
      await bobShared.client.sync();
      expect(titlesOf(bobShared)).not.toContain('too late');
    });

    test('that has left a workspace before takes its rows along all the same', async () => {
      const siteId = Buffer.from(annShared.replica.siteId, 'hex');
      await database.query(
        'INSERT INTO auth.sites (workspace_id, site_id, user_id, device_id) VALUES ($1, $2, $3, $4)',
        [shared, siteId, ann.id, ann.account.deviceId],
      );
      await world.workspaces.leave({ workspaceId: shared, userId: ann.id });
      await deleteAnn();
      for (const mark of EVERY_MARK) expect(await world.tracesOf(mark), mark).toEqual([]);
    });
  });

  describe('a workspace', () => {
    test('takes nothing of other workspaces along, and can be used by nobody any more', async () => {
      const bob = await world.person(`bob.${++people}@example.com`, 'Bob');
      const [gone, kept] = [
        await world.workspaces.create(bob.id, 'Gone'),
        await world.workspaces.create(bob.id, 'Kept'),
      ];
      const [device, other] = [world.device(bob, gone), world.device(bob, kept)];
      writeNotes(device, 20);
      addNote(other, 'to be kept');
      await Promise.all([device.client.sync(), other.client.sync()]);
      await world.settled();
      await database.query(`INSERT INTO sync.reader_grants (role_name, workspace_id) VALUES ('reader', $1)`, [gone]);
      await world.workspaces.delete({ workspaceId: gone, userId: bob.id });
      await world.eraser.done();
      expect((await world.log.workspaces()).map(({ workspaceId }) => workspaceId)).toEqual([kept]);
      expect(await world.tracesOf(MARKS.ownNote)).toEqual([]);
      expect(await world.tracesOf(gone)).toEqual(['auth.audit_events']);
      expect(await world.tracesOf('kept')).not.toEqual([]);
      addNote(device, 'for nobody');
      await until(() => device.client.status.state === 'blocked');
      addNote(other, 'goes on');
      await other.client.sync();
      expect((await world.log.workspaces()).map(({ workspaceId }) => workspaceId)).toEqual([kept]);
    });

    test('in which nobody ever wrote anything is erased as well', async () => {
      const bob = await world.person(`bob.${++people}@example.com`, 'Bob');
      const gone = await world.workspaces.create(bob.id, 'Gone');
      await world.workspaces.delete({ workspaceId: gone, userId: bob.id });
      await world.eraser.done();
      expect(await database.query('SELECT * FROM auth.erasures')).toEqual([]);
    });
  });

  afterEach(() => expectNoErrors(world));
});

function expectNoErrors({ logger }: ErasureWorld): void {
  expect(logger.lines.filter((line) => line.startsWith('error'))).toEqual([]);
}

function addNote({ replica }: Device, title: string): string {
  const id = replica.newId();
  replica.sqlite.prepare('INSERT INTO notes (id, title) VALUES (?, ?)').run(id, title);
  return id;
}

function writeNotes(device: Device, count: number): void {
  const { sqlite } = device.replica;
  for (let i = 0; i < count; i++) {
    const note = addNote(device, `${MARKS.ownTitle} ${i}`);
    // Long enough that some batches are deflated.
    const text = `${MARKS.ownNote} ${'and so on '.repeat(i * 10)}`;
    sqlite
      .prepare('INSERT INTO note_blocks (note_id, id, text) VALUES (?, ?, ?)')
      .run(note, device.replica.newId(), text);
  }
}

function writeOwnRows({ replica }: Device, ann: Person): void {
  const { sqlite } = replica;
  sqlite
    .prepare('INSERT INTO users (id, name, email) VALUES (?, ?, ?)')
    .run(ann.id, MARKS.profile, `${MARKS.profileMail}@example.com`);
  sqlite.prepare('INSERT INTO api_keys (user_id, provider, ciphertext) VALUES (?, ?, ?)').run(ann.id, 'p', MARKS.key);
  sqlite
    .prepare('INSERT INTO settings (user_id, key, value) VALUES (?, ?, ?)')
    .run(ann.id, 'theme', `"${MARKS.setting}"`);
  const insertDevice = sqlite.prepare('INSERT INTO devices (id, user_id, name) VALUES (?, ?, ?)');
  insertDevice.run(replica.newId(), ann.id, MARKS.deviceRow);
  const thrownAway = replica.newId();
  insertDevice.run(thrownAway, ann.id, `${MARKS.deviceRow} of before`);
  sqlite.prepare('DELETE FROM devices WHERE id = ?').run(thrownAway);
}

/** Some of it is about Ann. */
function writeAsBob({ replica }: Device, bob: Person, ann: Person): void {
  const { sqlite } = replica;
  sqlite.prepare('INSERT INTO users (id, name) VALUES (?, ?)').run(bob.id, 'Bob of Shared');
  sqlite.prepare('INSERT INTO devices (id, user_id, name) VALUES (?, ?, ?)').run(replica.newId(), bob.id, 'Bobs phone');
  sqlite.prepare(`INSERT INTO settings (user_id, key, value) VALUES ('', 'colour', '"red"')`).run();
  sqlite.prepare('UPDATE users SET preferences = ? WHERE id = ?').run(`{"nick":"${MARKS.byOther}"}`, ann.id);
  sqlite
    .prepare('INSERT INTO conflicts (id, table_name, row_key, column_name, losing_value) VALUES (?, ?, ?, ?, ?)')
    .run(replica.newId(), 'users', packKey([ann.id]), 'name', `"${MARKS.quoted}"`);
  sqlite.prepare('INSERT INTO notes (id, title) VALUES (?, ?)').run(replica.newId(), 'a note that Bob wrote');
}

function titlesOf({ replica }: Device): string[] {
  return replica.sqlite.prepare('SELECT title FROM notes ORDER BY title').pluck().all() as string[];
}

const TABLES = ['notes', 'note_blocks', 'users', 'devices', 'settings', 'api_keys', 'conflicts'];

function everyRow({ replica }: Device): unknown[] {
  return TABLES.map((table) => replica.sqlite.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all());
}

function rowsOfOthers(device: Device, ann: Person): unknown[] {
  const all = everyRow(device) as Record<string, unknown>[][];
  const isAnns = (row: Record<string, unknown>) =>
    Object.values(row).includes(ann.id) || row['losing_value'] !== undefined;
  return all.map((rows) => rows.filter((row) => !isAnns(row)));
}
