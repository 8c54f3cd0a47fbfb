import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Role } from './identity.ts';

export interface TokenRequest {
  readonly secret: string;
  readonly userId: string;
  readonly roles: Readonly<Record<string, Role>>;
  readonly lifetimeMs: number;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly now?: () => number;
}

/** A token that `createJwtAuth` accepts with the same secret, issuer and audience. */
export function signToken({
  secret,
  userId,
  roles,
  lifetimeMs,
  issuer,
  audience,
  now = Date.now,
}: TokenRequest): Promise<string> {
  const issuedAt = Math.floor(now() / 1000);
  const token = new SignJWT({ workspaces: roles })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.floor(lifetimeMs / 1000));
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audience !== undefined) token.setAudience(audience);
  return token.sign(createSecretKey(secret, 'utf8'));
}
