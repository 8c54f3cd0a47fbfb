import { expect, test } from 'vitest';
import { isAllowedOrigin } from './origin.ts';

test.each<[string, { origin?: string; host?: string }, string[], boolean]>([
  ['no browser', { host: 'sync.example' }, [], true],
  ['a page of the same host', { origin: 'http://sync.example:8787', host: 'sync.example:8787' }, [], true],
  ['a page of the same host, behind TLS', { origin: 'https://sync.example', host: 'sync.example' }, [], true],
  ['a page of the same host in capitals', { origin: 'https://sync.example', host: 'Sync.Example' }, [], true],
  ['a page of another host', { origin: 'https://evil.example', host: 'sync.example' }, [], false],
  ['a page of another port', { origin: 'http://localhost:5173', host: 'localhost:8787' }, [], false],
  ['a page of a host that only begins alike', { origin: 'https://sync.example.evil', host: 'sync.example' }, [], false],
  ['an allowed page', { origin: 'https://app.example', host: 'sync.example' }, ['https://app.example'], true],
  [
    'a page of an allowed host by another scheme',
    { origin: 'http://app.example', host: 'x' },
    ['https://app.example'],
    false,
  ],
  ['any page, where all are', { origin: 'https://evil.example', host: 'sync.example' }, ['*'], true],
  ['a page without an origin of its own', { origin: 'null', host: 'sync.example' }, [], false],
  ['a page, where the host is not told', { origin: 'https://sync.example' }, [], false],
])('for %s', (_, headers, allowed, expected) => {
  expect(isAllowedOrigin(headers, allowed)).toBe(expected);
});
