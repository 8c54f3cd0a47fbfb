import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

const NAMES = ['port', 'host', 'data', 'max-connections', 'max-connections-per-user'];

test.each([
  ['prot', 'port'],
  ['hots', 'host'],
  ['ports', 'port'],
  ['max-conections', 'max-connections'],
  ['max-connection-per-user', 'max-connections-per-user'],
])('takes %s for %s', (written, meant) => {
  expect(nearestName(written, NAMES)).toBe(meant);
});

test.each(['zzzzzz', 'verbose', 'max'])('takes %s for nothing', (written) => {
  expect(nearestName(written, NAMES)).toBeUndefined();
});

test('has nothing to say where there are no names', () => {
  expect(nearestName('port', [])).toBeUndefined();
});
