import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProtocolError } from '@tributary/sync/protocol';
import { base64url, exportJWK, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createJwtAuth, type JwtAuthOptions } from './jwt.ts';
import { signToken } from './sign-token.ts';

const SECRET = 'a secret that is long enough for HS256';
const OTHER_SECRET = 'another secret that is also long enough';
const NOW = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

const claims = { userId: 'ann', roles: { w1: 'editor', w2: 'viewer' }, lifetimeMs: HOUR_MS, now: () => NOW } as const;

function auth(rest: Partial<JwtAuthOptions> = {}) {
  return createJwtAuth({ keys: { secrets: [SECRET] }, now: () => NOW, ...rest });
}

function signed(payload: Record<string, unknown>, alg = 'HS256', key: KeyObject | Uint8Array = Buffer.from(SECRET)) {
  return new SignJWT({ sub: 'ann', exp: NOW / 1000 + 60, workspaces: {}, ...payload })
    .setProtectedHeader({ alg })
    .sign(key);
}

describe('a token signed with our secret', () => {
  test('says who it is, until when, and what that person may do', async () => {
    const identity = await auth()(await signToken({ ...claims, secret: SECRET }));
    expect(identity).toMatchObject({ userId: 'ann', expiresAt: NOW + HOUR_MS });
    expect(['w1', 'w2', 'w3'].map((id) => identity.roleIn(id))).toEqual(['editor', 'viewer', undefined]);
  });

  test('may be for every workspace, with exceptions', async () => {
    const identity = await auth()(
      await signToken({ ...claims, secret: SECRET, roles: { '*': 'viewer', w1: 'owner' } }),
    );
    expect(['w1', 'anything', '__proto__', 'toString'].map((id) => identity.roleIn(id))).toEqual([
      'owner',
      'viewer',
      'viewer',
      'viewer',
    ]);
  });

  test('gives nothing by the names of object properties', async () => {
    const identity = await auth()(await signToken({ ...claims, secret: SECRET }));
    expect(['__proto__', 'constructor', 'toString'].map((id) => identity.roleIn(id))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('may be of any of several secrets', async () => {
    const both = auth({ keys: { secrets: [SECRET, OTHER_SECRET] } });
    expect((await both(await signToken({ ...claims, secret: SECRET }))).userId).toBe('ann');
    expect((await both(await signToken({ ...claims, secret: OTHER_SECRET }))).userId).toBe('ann');
    await expect(both(await signToken({ ...claims, secret: `${SECRET}!` }))).rejects.toThrow();
  });

  test('may have expired only within the tolerance', async () => {
    const token = await signToken({ ...claims, secret: SECRET });
    expect((await auth({ now: () => NOW + HOUR_MS + 4_000 })(token)).userId).toBe('ann');
    await expect(auth({ now: () => NOW + HOUR_MS + 6_000 })(token)).rejects.toThrow('exp');
    await expect(auth({ now: () => NOW + HOUR_MS + 4_000, toleranceMs: 0 })(token)).rejects.toThrow('exp');
  });

  test('has to be of the issuer and for the audience that were asked for', async () => {
    const strict = auth({ issuer: 'https://login.example', audience: 'tributary' });
    const token = (rest: object) => signToken({ ...claims, secret: SECRET, ...rest });
    const right = { issuer: 'https://login.example', audience: 'tributary' };
    expect((await strict(await token(right))).userId).toBe('ann');
    await expect(strict(await token({ ...right, audience: 'another' }))).rejects.toThrow('aud');
    await expect(strict(await token({ ...right, issuer: 'https://evil.example' }))).rejects.toThrow('iss');
    await expect(strict(await token({}))).rejects.toThrow();
  });
});

describe('a token is refused', () => {
  test('that is of another secret', async () => {
    await expect(auth()(await signToken({ ...claims, secret: OTHER_SECRET }))).rejects.toThrow('signature');
  });

  test('that was changed', async () => {
    const [header, payload, signature] = (await signToken({ ...claims, secret: SECRET })).split('.');
    const forged = { ...JSON.parse(Buffer.from(payload!, 'base64url').toString()), workspaces: { w3: 'owner' } };
    await expect(auth()(`${header}.${base64url.encode(JSON.stringify(forged))}.${signature}`)).rejects.toThrow();
  });

  test('that is not signed (alg none)', async () => {
    const token = new UnsecuredJWT({ workspaces: { w1: 'owner' } }).setSubject('ann').setExpirationTime('1h').encode();
    await expect(auth()(token)).rejects.toThrow();
  });

  test.each(['HS384', 'HS512'])('that chose its own algorithm, %s', async (alg) => {
    await expect(auth()(await signed({}, alg, Buffer.from(SECRET.repeat(2))))).rejects.toThrow('alg');
  });

  test.each([
    ['no expiry', { exp: undefined }],
    ['an empty subject', { sub: '' }],
    ['no subject', { sub: undefined }],
    ['no workspaces', { workspaces: undefined }],
    ['a role that does not exist', { workspaces: { w1: 'admin' } }],
    ['roles in another shape', { workspaces: ['w1'] }],
    ['a time before which it is not good', { nbf: NOW / 1000 + 60 }],
  ])('with %s', async (_, payload) => {
    await expect(auth()(await signed(payload))).rejects.toThrow();
  });

  test.each(['', 'a.b.c', 'garbage', '..'])('that is none: %j', async (token) => {
    await expect(auth()(token)).rejects.toThrow();
  });
});

describe('a token of an identity provider', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ed = generateKeyPairSync('ed25519');

  /** A provider that publishes `keys`; its URL. */
  async function provider(keys: readonly KeyObject[]): Promise<string> {
    const jwks = { keys: await Promise.all(keys.map((key) => exportJWK(key))) };
    const server = createServer((_, response) => response.end(JSON.stringify(jwks)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  }

  test.each([
    ['RS256', rsa],
    ['ES256', ec],
    ['EdDSA', ed],
  ] as const)('signed with %s is accepted', async (alg, { privateKey, publicKey }) => {
    const verify = auth({ keys: { jwksUrl: await provider([publicKey]) } });
    expect((await verify(await signed({ workspaces: { w1: 'owner' } }, alg, privateKey))).roleIn('w1')).toBe('owner');
  });

  test('signed with a key that it does not publish is refused', async () => {
    const verify = auth({ keys: { jwksUrl: await provider([rsa.publicKey]) } });
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await expect(verify(await signed({}, 'RS256', stranger.privateKey))).rejects.toThrow('signature');
    await expect(verify(await signed({}, 'ES256', ec.privateKey))).rejects.toThrow();
  });

  test('is never accepted with HS256, whatever was taken for the secret', async () => {
    const verify = auth({ keys: { jwksUrl: await provider([rsa.publicKey]) } });
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    await expect(verify(await signed({}, 'HS256', Buffer.from(pem)))).rejects.toThrow('alg');
  });

  test('that cannot be checked, because the provider is away, is no fault of the token', async () => {
    const verify = auth({ keys: { jwksUrl: 'http://127.0.0.1:9/keys' } });
    const token = await signed({}, 'RS256', rsa.privateKey);
    await expect(verify(token)).rejects.toThrow(new ProtocolError('internal', 'the keys for tokens cannot be fetched'));
  });
});

test('there is no checking without a secret', () => {
  expect(() => auth({ keys: { secrets: [] } })).toThrow(TypeError);
});
