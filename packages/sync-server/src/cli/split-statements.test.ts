import { expect, test } from 'vitest';
import { splitStatements } from './split-statements.ts';

test.each([
  ['SELECT 1', [], 'SELECT 1'],
  ['SELECT 1;', ['SELECT 1'], ''],
  ['SELECT 1; ; SELECT 2;', ['SELECT 1', 'SELECT 2'], ''],
  [`SELECT ';', "a;b";`, [`SELECT ';', "a;b"`], ''],
  [`SELECT 'it''s; so';`, [`SELECT 'it''s; so'`], ''],
  [String.raw`SELECT E'\';', 'x\'; SELECT 2;`, [String.raw`SELECT E'\';', 'x\'`, 'SELECT 2'], ''],
  ['DO $$ BEGIN; END $$;', ['DO $$ BEGIN; END $$'], ''],
  ['DO $a$ $$; $b$; $a$; SELECT 2;', ['DO $a$ $$; $b$; $a$', 'SELECT 2'], ''],
  ['SELECT a$1; SELECT $1;', ['SELECT a$1', 'SELECT $1'], ''],
  ['SELECT 1 -- ; \n; SELECT 2', ['SELECT 1 -- ;'], 'SELECT 2'],
  ['SELECT /* ; /* ; */ ; */ 1;', ['SELECT /* ; /* ; */ ; */ 1'], ''],
  ['-- nothing\n/* at all */ ;', [], ''],
  [`SELECT 'open;`, [], `SELECT 'open;`],
  ['SELECT $$open;', [], 'SELECT $$open;'],
])('%j', (text, statements, rest) => {
  expect(splitStatements(text)).toEqual({ statements, rest });
});
