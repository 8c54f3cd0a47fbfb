/** Storage that refuses: what was stored stays, the error has a stable code, and work goes on when storage does. */
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DatabaseError, toDatabaseError } from '../errors.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { temporaryPath } from '../testing/temporary-path.ts';
import { testSchema } from '../testing/test-schema.ts';
import { openReplica } from './open-replica.ts';

const schema = testSchema(
  ['items'],
  `CREATE TABLE items (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL DEFAULT '')`,
);

const code = (expected: string) => expect.objectContaining({ name: 'DatabaseError', code: expected });

describeEachEngine('a full disk', (engine) => {
  test('loses the transaction that did not fit and nothing before it', () => {
    const file = temporaryPath();
    const [replica, peer] = [
      openReplica({ path: file, engine, schema }),
      openReplica({ path: ':memory:', engine, schema }),
    ];
    replica.sqlite.exec(`INSERT INTO items VALUES ('before', 'x')`);
    peer.transaction(() => {
      for (let i = 0; i < 500; i++) peer.sqlite.prepare('INSERT INTO items VALUES (?, ?)').run(`${i}`, 'x'.repeat(500));
    });
    const { changes } = peer.ownChanges({ after: 0 });

    replica.sqlite.pragma(`max_page_count = ${(replica.sqlite.pragma('page_count', { simple: true }) as number) + 5}`);
    expect(() => replica.applyChanges(changes)).toThrow(code('disk_full'));
    const write = () => replica.sqlite.prepare('INSERT INTO items VALUES (?, ?)').run('large', 'x'.repeat(100_000));
    expect(write).toThrow(expect.objectContaining({ code: 'SQLITE_FULL' }));
    expect(replica.sqlite.prepare('SELECT id FROM items').pluck().all()).toEqual(['before']);
    expect(replica.ownChanges({ after: 0 }).changes).toHaveLength(1);

    replica.sqlite.pragma('max_page_count = 1000000');
    expect(replica.applyChanges(changes).applied).toBe(changes.length);
    replica.close();
    const again = openReplica({ path: file, engine, schema });
    expect(again.sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(again.sqlite.prepare('SELECT count(*) FROM items').pluck().get()).toBe(501);
    again.close();
    peer.close();
  });
});

describeEachEngine('a read-only place', (engine) => {
  test('a directory that may not be written is refused for a new file and for one that is there', () => {
    const file = temporaryPath();
    openReplica({ path: file, engine, schema }).close();
    inReadOnlyDirectory(path.dirname(file), () => {
      expect(() => openReplica({ path: file, engine, schema })).toThrow(code('read_only'));
      expect(() => openReplica({ path: `${file}-new`, engine, schema })).toThrow(code('read_only'));
      expect(() => openReplica({ path: file, engine, schema })).toThrow(`cannot write beside ${file}`);
    });
    openReplica({ path: file, engine, schema }).close();
  });

  test('a file that may not be written can be read, and a write says why it fails', () => {
    const file = temporaryPath();
    const owner = openReplica({ path: file, engine, schema });
    owner.sqlite.exec(`INSERT INTO items VALUES ('a', 'x')`);
    owner.close();
    chmodSync(path.dirname(file), 0o777);
    chmodSync(file, 0o444);
    asOrdinaryUser(() => {
      const replica = openReplica({ path: file, engine, schema });
      expect(replica.sqlite.prepare('SELECT id FROM items').pluck().all()).toEqual(['a']);
      const error = failureOf(() => replica.sqlite.exec(`INSERT INTO items VALUES ('b', 'x')`));
      expect(toDatabaseError(error, 'cannot save')).toEqual(code('read_only'));
      expect(() => replica.applyChanges([])).not.toThrow(DatabaseError);
      replica.close();
    });
  });
});

function inReadOnlyDirectory(directory: string, body: () => void): void {
  chmodSync(directory, 0o555);
  onTestFinished(() => chmodSync(directory, 0o755));
  asOrdinaryUser(body);
  chmodSync(directory, 0o755);
}

/** Permissions do not hold root back. */
function asOrdinaryUser(body: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    body();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

function failureOf(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
