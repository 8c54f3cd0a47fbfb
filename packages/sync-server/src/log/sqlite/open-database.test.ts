import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../testing/temporary-directory.ts';
import { openLogDatabase } from './open-database.ts';

test('every commit is flushed to the disk, and nobody else may open the file', () => {
  const database = openLogDatabase(path.join(temporaryDirectory(), 'log.db'));
  const pragmas = ['journal_mode', 'synchronous', 'locking_mode'].map((name) =>
    database.pragma(name, { simple: true }),
  );
  expect(pragmas).toEqual(['wal', 2, 'exclusive']);
  database.close();
});

test('a file that was opened before keeps its tables', () => {
  const file = path.join(temporaryDirectory(), 'log.db');
  const first = openLogDatabase(file);
  first.exec("INSERT INTO workspaces (id, epoch) VALUES ('a', 'e')");
  first.close();
  const second = openLogDatabase(file);
  expect(second.prepare('SELECT id FROM workspaces').pluck().all()).toEqual(['a']);
  second.close();
});
