import { expect, test } from 'vitest';
import { databaseName, parseDatabaseName } from './database-name.ts';

test('the name of a database says whose it is and of which workspace', () => {
  const owner = { userId: '0198c0de-0000-7000-8000-000000000000', workspaceId: 'team/blue' };
  expect(parseDatabaseName(databaseName(owner))).toEqual(owner);
});

test('no two people share one', () => {
  const [one, other] = ['u1', 'u2'].map((userId) => databaseName({ userId, workspaceId: 'w' }));
  expect(one).not.toBe(other);
});

test('a worker without a name is refused', () => {
  expect(() => parseDatabaseName('')).toThrow(TypeError);
});
