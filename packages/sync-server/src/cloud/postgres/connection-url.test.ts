import { expect, test } from 'vitest';
import { parseConnectionUrl } from './connection-url.ts';

test.each([
  ['postgres://user:secret@db.example:5433/app', 'db.example:5433, database app'],
  ['postgresql://db.example/app', 'db.example:5432, database app'],
  ['POSTGRES://user@[::1]/app', '[::1]:5432, database app'],
  ['postgres://user:secret@%2Fvar%2Frun%2Fpostgresql/app', '/var/run/postgresql:5432, database app'],
  ['postgres:///app?host=/var/run/postgresql', '/var/run/postgresql:5432, database app'],
  ['postgres://db.example', 'db.example:5432'],
])('%s leads to %s', (url, place) => {
  expect(parseConnectionUrl(url).place).toBe(place);
});

test('sslmode means what it means to psql', () => {
  const { connectionString } = parseConnectionUrl('postgres://db.example/app?sslmode=require');
  expect(new URL(connectionString).searchParams.get('uselibpqcompat')).toBe('true');
  expect(parseConnectionUrl('postgres://db.example/app').connectionString).toBe('postgres://db.example/app');
});

test.each([
  ['mysql://user:secret@db.example/app', 'with the scheme mysql'],
  ['http://db.example/app', 'with the scheme http'],
  ['db.example/app', 'without a scheme'],
  ['postgres://user:secret@db.example:port/app', 'percent-encoded'],
  ['postgres://user:sec/ret@db.example/app', 'percent-encoded'],
])('%s is refused with the right form, and without its password', (url, words) => {
  const refused = (): unknown => parseConnectionUrl(url);
  expect(refused).toThrow(expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(words) }));
  expect(refused).toThrow(/postgres:\/\//);
  expect(refused).not.toThrow(/sec\/?ret/);
});
