/**
 * What an account shows at every request: a signed token of ten minutes that names the account, the session and the device,
 * and no rights. What the account may do is asked for each time (see standing.ts).
 *
 * Its type in the header and its issuer tell it from whatever else the same secret signs.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { ProtocolError } from '@tributary/sync/protocol';
import { decodeProtectedHeader, SignJWT } from 'jose';
import { z } from 'zod';
import type { SignIn } from '../auth/identity.ts';
import { withSecrets } from '../auth/jwt.ts';

export interface AccessTokensOptions {
  /** The first signs, all verify. */
  readonly secrets: readonly string[];
  readonly now: () => number;
  readonly lifetimeMs?: number;
  /** How long after its end a token is still good, for clocks that differ. */
  readonly toleranceMs?: number;
}

export interface AccountSignIn extends SignIn {
  readonly userId: string;
}

export interface AccessClaims extends AccountSignIn {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface AccessToken {
  readonly accessToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export const ACCESS_TOKEN_TYPE = 'tributary-account+jwt';
export const ACCESS_TOKEN_ISSUER = 'tributary';
export const DEFAULT_ACCESS_LIFETIME_MS = 10 * 60_000;

const ALGORITHM = 'HS256';
const DEFAULT_TOLERANCE_MS = 5_000;

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid(), did: z.uuid(), exp: z.number() });

export class AccessTokens {
  readonly #options: AccessTokensOptions;
  readonly #key: KeyObject;
  readonly #verify: ReturnType<typeof withSecrets>;

  constructor(options: AccessTokensOptions) {
    const [secret] = options.secrets;
    if (secret === undefined) throw new TypeError('nothing can be signed without a secret');
    this.#options = options;
    this.#key = createSecretKey(secret, 'utf8');
    this.#verify = withSecrets(options.secrets);
  }

  async sign({ userId, sessionId, deviceId }: AccountSignIn): Promise<AccessToken> {
    const { now, lifetimeMs = DEFAULT_ACCESS_LIFETIME_MS } = this.#options;
    const issuedAt = Math.floor(now() / 1000);
    const expiresAt = issuedAt + Math.floor(lifetimeMs / 1000);
    const accessToken = await new SignJWT({ sid: sessionId, did: deviceId })
      .setProtectedHeader({ alg: ALGORITHM, typ: ACCESS_TOKEN_TYPE })
      .setIssuer(ACCESS_TOKEN_ISSUER)
      .setSubject(userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.#key);
    return { accessToken, expiresAt: expiresAt * 1000 };
  }

  /** Throws the ProtocolError `unauthenticated`. */
  async verify(token: string): Promise<AccessClaims> {
    const { now, toleranceMs = DEFAULT_TOLERANCE_MS } = this.#options;
    try {
      const payload = await this.#verify(token, {
        typ: ACCESS_TOKEN_TYPE,
        issuer: ACCESS_TOKEN_ISSUER,
        currentDate: new Date(now()),
        clockTolerance: toleranceMs / 1000,
      });
      const { sub, sid, did, exp } = claimsSchema.parse(payload);
      return { userId: sub, sessionId: sid, deviceId: did, expiresAt: exp * 1000 };
    } catch (cause) {
      throw new ProtocolError('unauthenticated', 'the access token is not accepted', { cause });
    }
  }
}

/** Whether the token says of itself that it is an account's. */
export function isAccessToken(token: string): boolean {
  try {
    return decodeProtectedHeader(token).typ === ACCESS_TOKEN_TYPE;
  } catch {
    return false;
  }
}
