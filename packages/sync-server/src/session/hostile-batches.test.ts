/** What no replica would push, and somebody might. */
import { packKey, type Change } from '@tributary/database/changes';
import { createSeededRandom, seedOfRun } from '@tributary/database/testing';
import { encodeBatch } from '@tributary/sync/protocol';
import { describe, expect, test } from 'vitest';
import { batch, change, site } from '../testing/test-batches.ts';
import { token, WORKSPACE } from '../testing/test-client.ts';
import { createTestRelay } from '../testing/test-relay.ts';

async function pushed(changes: readonly Change[], options?: Parameters<typeof createTestRelay>[0]) {
  const { join, log, settle } = createTestRelay(options);
  const client = await join();
  client.pushBytes(
    encodeBatch({ prevVersion: 0, toVersion: 9, base: undefined, refill: false, fragment: undefined, changes }),
  );
  await settle();
  return { client, log };
}

describe('a poison row', () => {
  test.each<[string, Partial<Change>, string]>([
    ['a column version beyond all bounds', { colVersion: 2 ** 31 }, 'column version 2147483648'],
    ['a causal length beyond all bounds', { cl: 2 ** 31 + 1 }, 'causal length 2147483649'],
    ['a causal length of zero', { cl: 0 }, 'causal length 0'],
    ['a column of a deleted row', { cl: 2 }, 'sets a column of a deleted row'],
    ['a sentinel with a value', { cid: '-1', val: 'x' }, 'is a sentinel with a value'],
    ['a sentinel that disagrees with itself', { cid: '-1', val: null, cl: 2, colVersion: 1 }, 'is a sentinel whose'],
    ['a version above its batch', { dbVersion: 10 }, 'has the version 10, outside (0, 9]'],
    ['a key with too few columns', { pk: packKey([]) }, 'has a primary key that is not (TEXT)'],
    ['a key with too many columns', { pk: packKey(['a', 'b']) }, 'has a primary key that is not (TEXT)'],
    ['a key of another type', { pk: packKey([1n]) }, 'has a primary key that is not (TEXT)'],
    ['a key that is NULL', { pk: packKey([null]) }, 'has a primary key that is not (TEXT)'],
    ['a key that is no key', { pk: Uint8Array.of(1, 0xff, 7) }, 'has a primary key that is not (TEXT)'],
    ['a key beyond the limit', { pk: packKey(['k'.repeat(1030)]) }, 'has a key of 1034 bytes, more than 1024'],
    ['NULL where a value has to be', { val: null }, 'has no value'],
    ['an INTEGER in a TEXT column', { val: 5n }, 'a column of type TEXT would convert'],
    ['a REAL in a TEXT column', { val: 0.5 }, 'a column of type TEXT would convert'],
    ['a text in an INTEGER column', { cid: 'pinned', val: '1' }, 'a column of type INTEGER would convert'],
    ['a table of SQLite', { table: 'sqlite_master' }, 'has no ordinary table name'],
    ['a table of SQLite in capitals', { table: 'SQLITE_master' }, 'has a table that has a reserved name'],
    ['a table of cr-sqlite', { table: 'crsql_changes' }, 'has no ordinary table name'],
    ['a clock table', { table: 'notes__crsql_clock' }, 'has no ordinary table name'],
    ['a clock table in capitals', { table: 'NOTES__CRSQL_CLOCK' }, 'has a table that has a reserved name'],
    ['a column of cr-sqlite', { cid: 'crsql_version' }, 'has a column that has a reserved name'],
    ['a column of SQLite', { cid: 'sqlite_x' }, 'has a column that has a reserved name'],
    ['a table name with a quote', { table: 'no"tes' }, 'has no ordinary table name'],
    ['an empty table name', { table: '' }, 'has no ordinary table name'],
    ['a table name of 64 letters', { table: 't'.repeat(64) }, 'has no ordinary table name'],
    ['a column name with a space', { cid: 'a b' }, 'has no ordinary column name'],
    ['an empty column name', { cid: '' }, 'has no ordinary column name'],
    ['a known table in capitals', { table: 'Notes' }, 'has a table that the schema spells otherwise'],
    ['a known column in capitals', { cid: 'TITLE' }, 'has a column that the schema spells otherwise'],
    ['an unknown table and a key that is none', { table: 'new_table', pk: Uint8Array.of(9) }, 'cannot be unpacked'],
    ['an unknown table and no key', { table: 'new_table', pk: packKey([]) }, 'a primary key without columns'],
  ])('with %s is refused, and nothing of its batch is stored', async (_, poison, rule) => {
    const { client, log } = await pushed([change({ seq: 0 }), change({ seq: 1, ...poison })]);
    expect(client.closedWith?.code).toBe(4422);
    expect(client.closedWith?.reason).toContain(rule.slice(0, 70));
    expect(log.transactions).toEqual([]);
  });

  test('with a version of or below the one before its batch is refused', async () => {
    const { join } = createTestRelay();
    const client = await join();
    await client.push(5, 6, { changes: [change({ dbVersion: 5 })] });
    expect(client.closedWith?.reason).toContain('has the version 5, outside (5, 6]');
  });

  test.each([
    ['text', 'x'.repeat(1001)],
    ['text of many bytes', '漢'.repeat(334)],
  ])('with %s beyond the limit is refused', async (_, val) => {
    const { client } = await pushed([change({ val })], { limits: { maxValueBytes: 1000 } });
    expect(client.closedWith?.reason).toMatch(/has a value of 100\d bytes, more than 1000/);
  });

  test('with a blob beyond the limit is refused', async () => {
    const blob = { table: 'a_table', cid: 'blob', val: new Uint8Array(1001) };
    const { client } = await pushed([change(blob)], { limits: { maxValueBytes: 1000 } });
    expect(client.closedWith?.reason).toContain('has a value of 1001 bytes');
  });

  test('with a value just at the limit is taken', async () => {
    const { client } = await pushed([change({ val: '漢'.repeat(333) })], { limits: { maxValueBytes: 999 } });
    expect(client.story.slice(2)).toEqual(['ack 1']);
  });
});

describe('a batch', () => {
  test('without changes is refused', async () => {
    const { client } = await pushed([]);
    expect(client.closedWith?.code).toBe(4422);
    expect(client.closedWith?.reason).toBe('a batch has no changes');
  });

  test('of too many changes is refused', async () => {
    const changes = [0, 1, 2].map((seq) => change({ seq }));
    const { client } = await pushed(changes, { limits: { maxChangesPerBatch: 2 } });
    expect(client.closedWith?.reason).toBe('a batch has 3 changes, more than 2');
  });

  test('based on an entry that is not there yet is refused', async () => {
    const { join } = createTestRelay();
    const client = await join();
    await client.push(0, 1, { base: 0 });
    await client.push(1, 2, { base: 1 });
    expect(client.all('ack')).toHaveLength(2);
    await client.push(2, 3, { base: 3 });
    expect(client.closedWith?.reason).toBe('the base 3 is above 2, the last entry of the log');
  });

  test.each([
    ['no versions', Uint8Array.of(0x08, 5, 0x10, 5)],
    ['versions backwards', Uint8Array.of(0x08, 5, 0x10, 4)],
    ['a version at the end of int64', Uint8Array.of(0x10, 255, 255, 255, 255, 255, 255, 255, 255, 127)],
    ['a version above 2^48', Uint8Array.of(0x10, 129, 128, 128, 128, 128, 128, 64)],
    ['a body that is cut off', batch(0, 1).subarray(0, -1)],
    ['nothing at all', new Uint8Array(0)],
  ])('with %s is malformed', async (_, bytes) => {
    const { join } = createTestRelay();
    const client = await join();
    client.pushBytes(bytes);
    expect(client.closedWith?.code).toBe(4400);
  });

  test('cannot claim to be of another site', async () => {
    const { join, log } = createTestRelay();
    const client = await join();
    await client.push(0, 1, { changes: [change({ siteId: site(2) })] });
    expect(log.transactions[0]![0]!.siteId).toEqual(site(1));
  });

  test('names the rule it broke in a reason that fits into a close frame', async () => {
    const { client } = await pushed([change({ cid: 'c'.repeat(5000) })]);
    expect(Buffer.byteLength(client.closedWith!.reason)).toBeLessThanOrEqual(123);
  });
});

describe('names that the schema does not know', () => {
  const columns = (count: number): Change[] =>
    Array.from({ length: count }, (_, index) => change({ cid: `new_${index}`, seq: index }));

  test('are taken, for newer apps', async () => {
    const { client } = await pushed([
      change({ cid: 'new_column', val: 5n }),
      change({ table: 'new_table', cid: 'x', seq: 1 }),
    ]);
    expect(client.story.slice(2)).toEqual(['ack 1']);
  });

  test('are refused by a strict relay', async () => {
    const { client } = await pushed([change({ cid: 'new_column' })], { strictNames: true });
    expect(client.closedWith).toEqual({ code: 4422, reason: 'notes.new_column is not in the schema' });
  });

  test('are refused when one batch brings too many', async () => {
    expect((await pushed(columns(200))).client.closedWith).toBeUndefined();
    const { client } = await pushed(columns(201));
    expect(client.closedWith?.reason).toBe(
      'notes.new_0 is not in the schema, and the workspace may have 200 such names',
    );
  });

  test('are counted over batches and over a restart, and those that are known stay welcome', async () => {
    const { join, log } = createTestRelay({ limits: { maxUnknownNames: 3 } });
    const first = await join();
    await first.push(0, 1, { changes: [change({ cid: 'a' }), change({ cid: 'b', seq: 1 })] });
    first.lose();

    const restarted = createTestRelay({ limits: { maxUnknownNames: 3 }, log });
    const second = await restarted.join();
    await second.push(1, 2, {
      changes: [change({ cid: 'a', dbVersion: 2 }), change({ cid: 'c', seq: 1, dbVersion: 2 })],
    });
    expect(second.story.at(-1)).toBe('ack 2');
    await second.push(2, 3, { changes: [change({ cid: 'd', dbVersion: 3 })] });
    expect(second.closedWith?.code).toBe(4422);
  });

  test('are counted for each workspace', async () => {
    const { join } = createTestRelay({ limits: { maxUnknownNames: 1 } });
    const roles = { [WORKSPACE]: 'editor', other: 'editor' } as const;
    for (const workspaceId of [WORKSPACE, 'other']) {
      const client = await join({ token: token({ roles }), workspaceId });
      await client.push(0, 1, { changes: [change({ cid: workspaceId === 'other' ? 'x' : 'y' })] });
      expect(client.story.at(-1)).toBe('ack 1');
    }
  });

  test('a table and each of its columns count', async () => {
    const row = [
      change({ table: 'new_table', cid: 'a' }),
      change({ table: 'new_table', cid: '-1', val: null, seq: 1 }),
    ];
    expect((await pushed(row, { limits: { maxUnknownNames: 2 } })).client.closedWith).toBeUndefined();
    expect((await pushed(row, { limits: { maxUnknownNames: 1 } })).client.closedWith?.code).toBe(4422);
  });
});

const seed = seedOfRun();
test(`no bytes whatever bring the relay down or reach another session unchecked (seed ${seed})`, async () => {
  const random = createSeededRandom(seed);
  const { connect, join, lines, settle } = createTestRelay({ limits: { maxConnectionsPerUser: 1e9 } });
  const witness = await join({ siteId: site(200) });
  const valid = batch(0, 9, {
    changes: Array.from({ length: 20 }, (_, seq) =>
      change({ seq, cid: seq % 2 ? 'title' : 'pinned', val: seq % 2 ? `t${seq}` : 1n }),
    ),
  });
  for (let round = 0; round < 300; round++) {
    const client = await connect().hello({ siteId: site(1 + (round % 100)) });
    const bytes = Uint8Array.from(valid);
    for (let flips = 1 + random.below(4); flips > 0; flips--) bytes[random.below(bytes.length)] = random.below(256);
    if (random.chance(0.3)) client.sendBytes(bytes);
    else client.pushBytes(random.chance(0.2) ? bytes.subarray(0, random.below(bytes.length)) : bytes);
    await settle();
    const code = client.closedWith?.code;
    // Some happen to be a Renew with a token that is none.
    expect([undefined, 4400, 4401, 4422]).toContain(code);
    client.lose();
  }
  expect(witness.closedWith).toBeUndefined();
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
});
