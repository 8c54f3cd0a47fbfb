import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { mayControl } from './control-access.ts';

const RULE = { token: 'the-token', host: '127.0.0.1:8787' };
const HEADERS = { host: RULE.host, authorization: 'Bearer the-token' };

function asked(headers: Record<string, string | undefined>, remoteAddress?: string, localAddress = '127.0.0.1') {
  const socket = { remoteAddress, localAddress } as IncomingMessage['socket'];
  return mayControl({ headers, socket }, RULE);
}

test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('lets %s in with the token', (address) => {
  expect(asked(HEADERS, address)).toBe(true);
});

test('lets in what this machine says to itself, by whichever address', () => {
  expect(asked(HEADERS, '192.168.1.5', '192.168.1.5')).toBe(true);
});

test.each(['192.168.1.5', '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', '127.0.0.1.evil', '', undefined])(
  'keeps %s out, whatever it knows and whatever it says of itself',
  (address) => {
    expect(asked(HEADERS, address)).toBe(false);
    expect(asked({ ...HEADERS, 'x-forwarded-for': '127.0.0.1' }, address)).toBe(false);
  },
);

test.each([
  ['no token', { authorization: undefined }],
  ['another token', { authorization: 'Bearer the-tokem' }],
  ['a part of it', { authorization: 'Bearer the-toke' }],
  ['more than it', { authorization: 'Bearer the-token ' }],
  ['another scheme', { authorization: 'Basic the-token' }],
  ['another host', { host: 'evil.example:8787' }],
  ['a name for this address', { host: 'localhost:8787' }],
  ['no host', { host: undefined }],
  ['a proxy before it', { 'x-forwarded-for': '127.0.0.1' }],
  ['a proxy by the standard', { forwarded: 'for=127.0.0.1' }],
  ['a proxy that names itself', { via: '1.1 proxy' }],
  ['a web page', { origin: 'http://127.0.0.1:8787' }],
])('keeps out %s', (_what, headers) => {
  expect(asked({ ...HEADERS, ...headers }, '127.0.0.1')).toBe(false);
});
