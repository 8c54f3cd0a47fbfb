/**
 * The default way to know people: signed tokens, checked with secrets of our own or with the keys that an identity provider
 * publishes. The algorithm is ours to choose, never the token's.
 *
 *   { "sub": "user id", "exp": 1790000000, "workspaces": { "workspace id": "editor", "*": "viewer" } }
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { ProtocolError } from '@tributary/sync/protocol';
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { z } from 'zod';
import { ROLES, type Authenticate, type Identity } from './identity.ts';

export interface JwtAuthOptions {
  readonly keys: JwtKeys;
  /** Who has to have issued the token, and whom it has to be for; not asked where they are left out. */
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly toleranceMs?: number;
  readonly now?: () => number;
}

export type JwtKeys =
  /** HS256. The first signs, all verify, so that one can be replaced while its tokens live on. */
  | { readonly secrets: readonly string[] }
  /** RS256, ES256 and EdDSA, with the public keys that are found there. */
  | { readonly jwksUrl: string };

/** In the role of a workspace id: every workspace that is not named itself. */
export const ANY_WORKSPACE = '*';

const SYMMETRIC = ['HS256'];
const ASYMMETRIC = ['RS256', 'ES256', 'EdDSA'];

const DEFAULT_TOLERANCE_MS = 5_000;

const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  exp: z.number(),
  workspaces: z.record(z.string(), z.enum(ROLES)),
});

export function createJwtAuth(options: JwtAuthOptions): Authenticate {
  const verify = 'secrets' in options.keys ? withSecrets(options.keys.secrets) : withKeySet(options.keys.jwksUrl);
  return async (token) => identityOf(await verify(token, verifyOptions(options)));
}

export type Verify = (token: string, options: JWTVerifyOptions) => Promise<unknown>;

function verifyOptions({ issuer, audience, toleranceMs, now = Date.now }: JwtAuthOptions): JWTVerifyOptions {
  return {
    requiredClaims: ['sub', 'exp'],
    currentDate: new Date(now()),
    clockTolerance: (toleranceMs ?? DEFAULT_TOLERANCE_MS) / 1000,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };
}

export function withSecrets(secrets: readonly string[]): Verify {
  if (secrets.length === 0) throw new TypeError('tokens cannot be checked without a secret');
  const keys = secrets.map((secret) => createSecretKey(secret, 'utf8'));
  return async (token, options) => {
    for (const key of keys.slice(0, -1)) {
      const payload = await verifiedOrUndefined(token, key, options);
      if (payload !== undefined) return payload;
    }
    return (await jwtVerify(token, keys.at(-1) as KeyObject, { ...options, algorithms: SYMMETRIC })).payload;
  };
}

/** Undefined where another secret may have signed it. */
async function verifiedOrUndefined(token: string, key: KeyObject, options: JWTVerifyOptions): Promise<unknown> {
  try {
    return (await jwtVerify(token, key, { ...options, algorithms: SYMMETRIC })).payload;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return undefined;
    throw error;
  }
}

function withKeySet(url: string): Verify {
  const keySet = createRemoteJWKSet(new URL(url));
  const findKey: JWTVerifyGetKey = async (header, token) => {
    try {
      return await keySet(header, token);
    } catch (error) {
      throw isAboutToken(error) ? error : keysUnavailable(error);
    }
  };
  return async (token, options) => (await jwtVerify(token, findKey, { ...options, algorithms: ASYMMETRIC })).payload;
}

/** As opposed to the provider that cannot be reached: then the token may be good. */
function isAboutToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

function keysUnavailable(cause: unknown): ProtocolError {
  return new ProtocolError('internal', 'the keys for tokens cannot be fetched', { cause });
}

function identityOf(payload: unknown): Identity {
  const { sub, exp, workspaces } = claimsSchema.parse(payload);
  const roles = new Map(Object.entries(workspaces));
  return {
    userId: sub,
    expiresAt: exp * 1000,
    workspaceIds: roles.has(ANY_WORKSPACE) ? undefined : [...roles.keys()],
    roleIn: (workspaceId) => roles.get(workspaceId) ?? roles.get(ANY_WORKSPACE),
  };
}
