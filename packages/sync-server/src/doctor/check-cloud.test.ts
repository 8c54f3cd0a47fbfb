import { existsSync } from 'node:fs';
import path from 'node:path';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import { describe, expect, test } from 'vitest';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { migrateAccounts, migrateCloud } from '../cloud/migrate-cloud.ts';
import { describeCloud, type CloudPlace } from '../cloud/testing/index.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { cloudFindings, skewFinding } from './check-cloud.ts';
import { diagnoseCloud, type CloudDiagnosis } from '../control/operations/diagnose-cloud.ts';
import { findingsOf, type Found } from './testing/findings-of.ts';

const RULES = { isServing: true, wantsVectors: false };

function examined(url: string, ...args: readonly string[]): Promise<Found> {
  return findingsOf('--data', temporaryDirectory(), '--port', '0', '--database-url', url, ...args);
}

async function migrated(place: CloudPlace): Promise<CloudDatabase> {
  const cloud = await place.open();
  await migrateCloud(cloud, workspaceCloudSchema.migrations);
  await migrateAccounts(cloud);
  return cloud;
}

describeCloud('postgres', 'what the doctor says of PostgreSQL', (kind) => {
  test('of a database that is well, nothing is wrong', async () => {
    const place = await kind.create();
    await migrated(place);
    const found = await examined(place.url ?? '');
    expect([found.code, found.wrong]).toEqual([0, []]);
    expect(found.of('migrations')?.says).toMatch(/^all \d+ are applied$/);
    for (const about of ['PostgreSQL', 'rights', 'clock', 'quarantine', 'search']) {
      expect(found.of(about)?.state, about).toBe('ok');
    }
  });

  test('a database that was not migrated is told, with what migrates it', async () => {
    const { url = '' } = await kind.create();
    const found = await examined(url);
    expect(found.of('migrations')).toMatchObject({ state: 'note' });
    expect(found.of('migrations')?.says).toMatch(/are not applied: 0000_initial, /);
    expect(found.of('migrations')?.remedy).toContain('tributary migrate');
    expect(found.of('copy')?.says).toBe('nothing was projected yet');
  });

  test('a database of a newer version is wrong', async () => {
    const place = await kind.create();
    const cloud = await migrated(place);
    await cloud.query(`INSERT INTO tributary.migrations (tag) VALUES ('9999_future')`);
    const found = await examined(place.url ?? '');
    expect(found.wrong).toEqual(['migrations']);
    expect(found.of('migrations')?.remedy).toContain('run the newer version');
  });

  test('a PostgreSQL that is not there is wrong, and nothing of the password is said', async () => {
    const found = await examined('postgres://ann:hunter2@127.0.0.1:1/notes');
    expect([found.code, found.wrong]).toEqual([1, ['PostgreSQL']]);
    expect(found.of('PostgreSQL')?.says).toContain('cannot connect to PostgreSQL at 127.0.0.1:1, database notes');
    expect(found.of('PostgreSQL')?.remedy).toContain('see that it runs');
    expect(JSON.stringify(found.of('PostgreSQL'))).not.toContain('hunter2');
  });

  test('a database that does not exist is wrong', async () => {
    const { url = '' } = await kind.create();
    const missing = new URL(url);
    missing.pathname = '/tributary_no_such_database';
    const found = await examined(missing.href);
    expect(found.of('PostgreSQL')).toMatchObject({
      state: 'wrong',
      remedy: 'make the database, as its owner: createdb <name>',
    });
  });

  test('a user without rights is told which are missing', async () => {
    const place = await kind.create();
    const cloud = await migrated(place);
    const user = `tributary_doctor_${path.basename(new URL(place.url ?? '').pathname).slice(-8)}`;
    await cloud.execute(`CREATE ROLE ${user} LOGIN; GRANT USAGE ON SCHEMA app, sync, tributary TO ${user};
      GRANT SELECT ON ALL TABLES IN SCHEMA app, sync, tributary TO ${user};`);
    try {
      const url = new URL(place.url ?? '');
      url.username = user;
      const found = await examined(url.href);
      expect(found.wrong).toEqual(['rights']);
      expect(found.of('rights')?.says).toMatch(
        new RegExp(`^${user} neither owns nor may write \\d+ tables, such as app\\.`),
      );
      expect(found.of('rights')?.remedy).toContain(`TO ${user}`);
      await cloud.execute(`REVOKE ALL ON SCHEMA tributary FROM ${user}`);
      expect((await examined(url.href)).of('PostgreSQL')).toMatchObject({ state: 'wrong' });
    } finally {
      await cloud.execute(`DROP OWNED BY ${user}; DROP ROLE ${user};`);
    }
  });

  test('a database that can only be read is wrong', async () => {
    const place = await kind.create();
    const cloud = await migrated(place);
    const name = path.basename(new URL(place.url ?? '').pathname);
    await cloud.execute(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const found = await examined(place.url ?? '');
    expect(found.wrong).toEqual(['rights']);
    expect(found.of('rights')?.remedy).toContain('name the primary');
  });

  test('what lies in quarantine, waits to be indexed or is late is told', async () => {
    const place = await kind.create();
    const cloud = await migrated(place);
    await cloud.execute(`
      INSERT INTO sync.cursors (workspace_id, seq, head_seq, pending_since) VALUES ('home', 2, 5, now() - interval '1 hour');
      INSERT INTO sync.search_queue (workspace_id, kind, id, queued_at) VALUES ('home', 'note', 'a', now() - interval '1 hour');`);
    const diagnosis = await diagnosisOf(cloud);
    expect(diagnosis.copy).toMatchObject({ entriesBehind: 3, queued: 1 });
    const wrong = cloudFindings(diagnosis, RULES).filter(({ state }) => state === 'wrong');
    expect(wrong.map(({ about, says }) => [about, says])).toEqual([
      ['copy', '3 entries behind, for 1.0 h'],
      ['search', '1 document not indexed yet, for 1.0 h'],
    ]);
    const resting = cloudFindings(diagnosis, { ...RULES, isServing: false });
    expect(resting.filter(({ state }) => state === 'wrong')).toEqual([]);
  });

  test('an extension that is missing is told with what is lost without it', async () => {
    const place = await kind.create();
    const cloud = await migrated(place);
    await cloud.execute('DROP EXTENSION IF EXISTS pg_trgm CASCADE');
    const findings = cloudFindings(await diagnosisOf(cloud), { ...RULES, wantsVectors: true });
    const trigrams = findings.find(({ about }) => about === 'pg_trgm');
    expect(trigrams).toMatchObject({ state: 'note', says: 'not installed: search does not forgive typing mistakes' });
    expect(trigrams?.remedy).toContain('CREATE EXTENSION pg_trgm');
    expect(findings.find(({ about }) => about === 'vector')?.says).toContain('search is by words');
  });
});

describe('what can be told from a diagnosis alone', () => {
  const diagnosis: CloudDiagnosis = {
    kind: 'postgres',
    versionNumber: 140_011,
    version: '14.11',
    migrations: { applied: ['0000_initial'], pending: ['0001_reading'], unknown: [] },
    extensions: [],
    rights: { user: 'ann', isReadOnly: false, mayCreate: false, deniedTables: [] },
    clock: { aheadMs: 90_000, errorMs: 2 },
    copy: { entriesBehind: 0, lagMs: 0, quarantined: 12, queued: 0, oldestQueuedMs: 0 },
  };
  const findings = new Map(cloudFindings(diagnosis, RULES).map((finding) => [finding.about, finding]));

  test('a PostgreSQL before 15 is too old', () => {
    expect(findings.get('PostgreSQL')).toMatchObject({ state: 'wrong', remedy: 'use PostgreSQL 15 or later' });
  });

  test('beside a running server, a migration that is missing is wrong', () => {
    expect(findings.get('migrations')).toMatchObject({ state: 'wrong' });
  });

  test('who has to migrate and may not create is told so', () => {
    expect(findings.get('rights')?.remedy).toContain('GRANT CREATE ON DATABASE');
  });

  test('a clock that is off is wrong, in both directions, and within the error of measuring it is not', () => {
    expect(findings.get('clock')?.says).toBe('that of PostgreSQL is 1 min ahead of this machine’s');
    expect(skewFinding('clock', 'it', { aheadMs: -5_000, errorMs: 10 })).toMatchObject({ state: 'wrong' });
    expect(skewFinding('clock', 'it', { aheadMs: -5_000, errorMs: 4_000 })).toMatchObject({ state: 'ok' });
  });

  test('quarantine is told with how to look into it', () => {
    expect(findings.get('quarantine')?.remedy).toContain('SELECT * FROM sync.quarantine');
  });
});

test('where there is no embedded PostgreSQL yet, none is made by looking', async () => {
  const directory = temporaryDirectory();
  const found = await findingsOf('--data', directory, '--port', '0');
  expect(found.of('PostgreSQL')).toMatchObject({ state: 'note', remedy: 'the server makes it when it starts' });
  expect(existsSync(path.join(directory, 'postgres'))).toBe(false);
});

async function diagnosisOf(cloud: CloudDatabase): Promise<CloudDiagnosis> {
  const place = {
    cloud,
    schema: workspaceCloudSchema,
    isServing: true,
    get log(): never {
      throw new TypeError('no log is needed');
    },
    remakeCloud: () => Promise.resolve(),
    accountWork: () => Promise.reject(new TypeError('no accounts are needed')),
  };
  const { signal } = new AbortController();
  return diagnoseCloud.run({}, { place, signal, emit: () => Promise.resolve() });
}
