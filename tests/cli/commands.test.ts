/** The commands in their own processes, beside a server in its own: on the PostgreSQL that it carries, and on a real one. */
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { createRepositories, openReplica } from '@tributary/database';
import { SyncClient } from '@tributary/sync';
import { CLOUD_KINDS } from '@tributary/sync-server/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RelayProcess } from '../network/relay-process.ts';
import { waitUntil } from '../network/wait-until.ts';
import { tributary, type Ended } from './tributary.ts';

interface Status {
  readonly workspaces: readonly { workspaceId: string; seq: number; head: number; rows: number }[];
  readonly total: { behind: number; rows: number; quarantined: number };
}

for (const { kind, createPlace, fault } of CLOUD_KINDS) {
  describe.skipIf(fault !== undefined)(
    `commands beside a server (${kind})${fault === undefined ? '' : `: ${fault}`}`,
    () => {
      let server: RelayProcess;
      let where: readonly string[];
      let seeded: Ended;
      let removePlace: () => Promise<void> = () => Promise.resolve();

      const run = (...args: readonly string[]): Promise<Ended> => tributary([...args, ...where]);
      const sql = async (statement: string, ...args: readonly string[]): Promise<unknown[]> => {
        const { out, err, code } = await run('sql', statement, '--json', ...args);
        expect(code, err).toBe(0);
        return JSON.parse(out) as unknown[];
      };
      const status = async (): Promise<Status> =>
        JSON.parse((await run('projection', 'status', '--json')).out) as Status;

      beforeAll(async () => {
        // PGlite's place is the data directory itself.
        const place = kind === 'postgres' ? await createPlace() : undefined;
        removePlace = () => place?.remove() ?? Promise.resolve();
        const cloud = place?.url === undefined ? [] : ['--database-url', place.url];
        server = await RelayProcess.start({ args: ['--relay-only=false', ...cloud] });
        where = ['--data', server.dataDirectory, ...cloud];
        seeded = await run('seed');
      }, 60_000);

      afterAll(async () => {
        await server.remove();
        await removePlace();
      });

      test('seed writes a workspace that is then in PostgreSQL, and a token that opens it', async () => {
        expect(seeded.code, seeded.err).toBe(0);
        const [counts] = await sql(`
        SELECT (SELECT count(*) FROM app.notes) AS notes, (SELECT count(*) FROM app.note_blocks WHERE kind = 'todo') > 10 AS todos,
               (SELECT count(*) FROM app.messages) AS messages, (SELECT count(*) FROM app.files) AS files,
               (SELECT count(*) FROM app.projects) AS projects, (SELECT count(*) FROM app.entities) AS entities,
               (SELECT count(*) FROM app.reminders) AS reminders, (SELECT count(*) > 4 FROM app.memories) AS memories,
               (SELECT count(*) FROM sync.quarantine) AS quarantined`);
        expect(counts).toEqual({
          notes: 12,
          todos: true,
          messages: 18,
          files: 6,
          projects: 2,
          entities: 8,
          reminders: 4,
          memories: true,
          quarantined: 0,
        });
        const replica = openReplica({ path: ':memory:' });
        const client = new SyncClient(server.url, tokenIn(seeded), { replica, workspaceId: 'demo' });
        await client.sync();
        expect(createRepositories(replica).notes.count({ trash: 'with' })).toBe(12);
        client.close();
        replica.close();
      });

      test('seed leaves a workspace alone that exists', async () => {
        const again = await run('seed');
        expect(again.code).toBe(2);
        expect(again.err).toContain('add to it with --yes');
        expect(await sql('SELECT count(*) AS n FROM app.notes')).toEqual([{ n: 12 }]);
      });

      test('sql gives exactly what is there, as a table, as CSV and as JSON', async () => {
        const statement = `SELECT 9007199254740993::int8 AS big, E'a "quote",\\nand a line' AS text, NULL AS nothing, '' AS empty,
        '\\x00ff'::bytea AS bytes, '{"k": [1, null]}'::jsonb AS json, '2024-02-29 12:00:00.123456+02'::timestamptz AS at, true AS yes`;
        expect(await sql(statement)).toEqual([
          {
            big: '9007199254740993',
            text: 'a "quote",\nand a line',
            nothing: null,
            empty: '',
            bytes: '\\x00ff',
            json: { k: [1, null] },
            at: '2024-02-29T10:00:00.123456Z',
            yes: true,
          },
        ]);
        const [csv, table] = await Promise.all([
          run('sql', statement, '--csv'),
          run('sql', "SELECT 1 AS one, NULL AS two, 'NULL' AS three"),
        ]);
        expect(csv.out).toBe(
          'big,text,nothing,empty,bytes,json,at,yes\n' +
            '9007199254740993,"a ""quote"",\nand a line",,"",\\x00ff,"{""k"": [1, null]}",2024-02-29 10:00:00.123456+00,t\n',
        );
        expect(table.out).toBe('one  two   three\n---  ----  ------\n  1  NULL  "NULL"\n(1 row)\n');
      });

      test('sql gives everything there is, however much, and to a table as much as can be read', async () => {
        const many = 'SELECT n, repeat(n::text, 50) AS text FROM generate_series(1, 20000) n';
        const [csv, table] = await Promise.all([run('sql', many, '--csv'), run('sql', many)]);
        expect(csv.out.trimEnd().split('\n')).toHaveLength(20_001);
        expect(table.out).toContain('(the first 1,000 rows; there are more: --limit <n>, or --limit 0 for all)');
      });

      test('sql runs what comes in, one after the other, and stops at what is wrong', async () => {
        const piped = await tributary(['sql', ...where], {
          input: `SELECT 1 AS a; -- then\nSELECT ';' AS b;\nSELECT nothing; SELECT 4;`,
        });
        expect(piped.code).toBe(1);
        expect(piped.out).toContain('b\n-\n;\n');
        expect(piped.out).not.toContain('4');
        expect(piped.err).toBe('column "nothing" does not exist\n  SELECT nothing\n         ^\n');
      });

      test('sql answers what the tables are', async () => {
        const [tables, described] = await Promise.all([run('sql', '\\dt app.notes'), run('sql', '\\d notes')]);
        expect(tables.out).toMatch(/app +notes +table/);
        expect(described.out).toMatch(/title +text +not null/);
        expect(described.out).toContain('notes_recent');
      });

      test('sql without --write changes nothing, however it is asked', async () => {
        const attempts = [
          'UPDATE app.notes SET title = $$gone$$',
          'SET TRANSACTION READ WRITE; UPDATE app.notes SET title = $$gone$$',
          "SELECT set_config('transaction_read_only', 'off', false); DELETE FROM app.notes",
        ];
        const refused = await Promise.all(attempts.map((statement) => run('sql', statement)));
        expect(refused.map(({ code }) => code)).toEqual([1, 1, 1]);
        expect(await sql("SELECT count(*) AS n FROM app.notes WHERE title <> 'gone'")).toEqual([{ n: 12 }]);
      });

      test(
        'projection rebuild puts right what was changed by hand, while a device keeps editing',
        { timeout: 40_000 },
        async () => {
          const damage = `UPDATE app.notes SET title = 'damaged' WHERE workspace_id = 'demo'`;
          expect((await run('sql', damage, '--write')).out).toBe('UPDATE 12\n');
          const replica = openReplica({ path: ':memory:' });
          const client = new SyncClient(server.url, tokenIn(seeded), { replica, workspaceId: 'demo' });
          client.connect();
          const { notes } = createRepositories(replica);
          const editing = setInterval(() => notes.create({ title: 'meanwhile', text: 'one\n\ntwo' }), 20);
          const rebuilt = await run('projection', 'rebuild', '--workspace', 'demo', '--json');
          clearInterval(editing);
          expect(rebuilt.code, rebuilt.err).toBe(0);
          const [workspace] = JSON.parse(rebuilt.out) as {
            wasEqual: boolean;
            tables: { table: string; replaced: number }[];
          }[];
          expect(workspace?.tables).toContainEqual({ table: 'notes', replaced: 12, surplus: 0 });
          await client.sync();
          const written = notes.count({ trash: 'with' });
          expect(written).toBeGreaterThan(13);
          client.close();
          replica.close();
          await waitUntil(async () => (await status()).total.behind === 0, { what: 'everything is projected' });
          expect(await sql('SELECT count(*) AS n FROM app.notes')).toEqual([{ n: written }]);
          const again = await run('projection', 'rebuild');
          expect(again.out).toBe('1 workspace rebuilt, 0 differed\n');
        },
      );

      test('a workspace that does not exist is told with the nearest that does', async () => {
        const asked = await run('projection', 'rebuild', '--workspace', 'dmo');
        expect([asked.code, asked.err]).toEqual([1, 'there is no workspace dmo in the log; did you mean demo?\n']);
      });

      test('projection status says where every workspace is', async () => {
        const [{ workspaces, total }, table] = await Promise.all([status(), run('projection', 'status')]);
        expect(workspaces.map(({ workspaceId, seq, head }) => [workspaceId, head - seq])).toEqual([['demo', 0]]);
        expect(total.rows).toBeGreaterThan(180);
        expect(table.out).toMatch(/workspace +seq +head +behind +lag +rows +bytes +quarantine\n/);
        expect(table.out).toMatch(/1 workspace: up to date; .* rows, .* KiB, 0 in quarantine\n$/);
      });

      test('maintain says what everything takes, before and after', async () => {
        const { out, err, code } = await run('maintain', '--vacuum-log', '--json');
        expect(code, err).toBe(0);
        const { before, after } = JSON.parse(out) as Record<
          'before' | 'after',
          { logBytes: number; tables: { name: string }[] }
        >;
        expect(before.logBytes).toBeGreaterThan(0);
        expect(after.tables.map(({ name }) => name)).toContain('app.notes');
      });

      test('migrate has nothing left to do, and rollback does not pull the tables away from under the server', async () => {
        expect((await run('migrate', '--dry-run')).out).toMatch(/^\d+ migrations applied, 0 to come\n$/);
        const refused = await run('rollback');
        expect([refused.code, refused.out]).toEqual([1, '']);
        expect(refused.err).toContain('stop it first');
      });

      test(
        'fresh says what would be lost, and makes everything anew when it is told to',
        { timeout: 40_000 },
        async () => {
          const [before] = await sql('SELECT count(*) AS n FROM app.notes');
          expect((await run('sql', `INSERT INTO sync.reader_grants VALUES ('somebody', 'demo')`, '--write')).code).toBe(
            0,
          );
          const warned = await run('fresh');
          expect(warned.code).toBe(2);
          expect(warned.err).toContain('1 grant of readers');
          expect(warned.err).toContain('of which nothing is lost');
          const made = await run('fresh', '--yes');
          expect(made.code, made.err).toBe(0);
          expect(made.out).toMatch(/^made anew: [\d,]+ rows of 1 workspace\n$/);
          expect(await sql('SELECT count(*) AS n FROM app.notes')).toEqual([before]);
          expect((await status()).total.behind).toBe(0);
        },
      );

      test('the routes for commands are for commands', async () => {
        const { address, token } = JSON.parse(readFileSync(controlFile(server), 'utf8')) as {
          address: string;
          token: string;
        };
        const good = { Authorization: `Bearer ${token}` };
        const url = `${address}/control/1/hello`;
        expect(await statusOf(url, good)).toBe(200);
        expect(await statusOf(url, {})).toBe(404);
        expect(await statusOf(url, { Authorization: `Bearer ${token.slice(1)}x` })).toBe(404);
        expect(await statusOf(url, { ...good, 'X-Forwarded-For': '127.0.0.1' })).toBe(404);
        expect(await statusOf(url, { ...good, Host: 'evil.example' })).toBe(404);
        expect(await statusOf(url, { ...good, Origin: address })).toBe(404);
        expect(await statusOf(`${address}/control/2/hello`, good)).toBe(404);
      });

      test('a second server on the data is refused, and leaves the first one reachable', async () => {
        const written = readFileSync(controlFile(server), 'utf8');
        const second = await run('serve', '--port', '0');
        expect(second.code).toBe(1);
        expect(second.err).toContain('is in use by another process');
        expect(readFileSync(controlFile(server), 'utf8')).toBe(written);
        expect(await sql('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      });

      test('with the server dead, what it has left misleads nobody', { timeout: 90_000 }, async () => {
        await server.kill();
        expect(existsSync(controlFile(server))).toBe(true);
        expect(await sql('SELECT count(*) > 0 AS some FROM app.notes')).toEqual([{ some: true }]);
        expect((await run('projection', 'rebuild')).out).toBe('1 workspace rebuilt, 0 differed\n');
        expect((await run('rollback', '--steps', '100')).out).toMatch(/nothing is left\n$/);
        const behind = (await status()).total;
        expect([behind.behind > 0, behind.rows]).toEqual([true, 0]);
        expect((await run('migrate')).out).toMatch(/\d+ migrations applied, 0 to come\n$/);
        expect((await run('fresh', '--yes')).out).toMatch(/^made anew: [\d,]+ rows of 1 workspace\n$/);
      });

      test('stopped in good order, a server leaves nothing that says where it was', { timeout: 40_000 }, async () => {
        await server.start();
        expect((await status()).total.behind).toBe(0);
        expect(await server.stop()).toBe(0);
        expect(existsSync(controlFile(server))).toBe(false);
      });
    },
  );
}

describe('commands beside a relay alone', () => {
  test('say that there is no cloud copy', async () => {
    const relay = await RelayProcess.start();
    try {
      const asked = await tributary(['sql', 'SELECT 1', '--data', relay.dataDirectory]);
      expect([asked.code, asked.err]).toEqual([1, 'the running server keeps no cloud copy\n']);
      const seeded = await tributary(['seed', '--data', relay.dataDirectory]);
      expect(seeded.code, seeded.err).toBe(0);
      expect(seeded.out).toMatch(/^workspace {2}demo\ntoken/);
    } finally {
      await relay.remove();
    }
  });
});

function controlFile({ dataDirectory }: RelayProcess): string {
  return path.join(dataDirectory, 'control.json');
}

function tokenIn({ out }: Ended): string {
  return /^token +(\S+)$/m.exec(out)?.[1] ?? '';
}

/** As fetch would not: with any Host. */
function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.once('error', reject).end();
  });
}
