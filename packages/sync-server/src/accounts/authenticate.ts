/** Who a token speaks for, where it is an account's; any other token is for somebody else to know. */
import { ProtocolError } from '@tributary/sync/protocol';
import type { Authenticate, Identity } from '../auth/identity.ts';
import { ApiError } from '../errors.ts';
import { isAccessToken, type AccessClaims, type AccessTokens } from './access-token.ts';
import type { Standing, Standings } from './standing.ts';

export interface AccountAuthOptions {
  readonly accessTokens: AccessTokens;
  readonly standings: Standings;
  /** Knows the tokens that are of no account. */
  readonly others: Authenticate;
}

export function createAccountAuth({ accessTokens, standings, others }: AccountAuthOptions): Authenticate {
  const identify = async (claims: AccessClaims, ask: () => Promise<Standing>): Promise<Identity> => {
    const standing = await ask().catch((cause: unknown) => {
      throw cause instanceof ApiError && cause.code === 'accounts_unavailable' ? unavailable(cause) : cause;
    });
    const again = () => identify(claims, () => standings.now(claims));
    return identityOf(claims, standing, again);
  };
  return async (token) => {
    if (!isAccessToken(token)) return others(token);
    const claims = await accessTokens.verify(token);
    return identify(claims, () => standings.of(claims));
  };
}

function identityOf(claims: AccessClaims, standing: Standing, again: () => Promise<Identity>): Identity {
  if (standing.type === 'deleted') throw new ProtocolError('unauthenticated', 'there is no such account any more');
  if (standing.type === 'ended') {
    throw new ProtocolError('device_revoked', 'this device was signed out or shut out: sign in again');
  }
  const { userId, sessionId, deviceId, expiresAt } = claims;
  const { roles } = standing;
  return {
    userId,
    expiresAt,
    workspaceIds: [...roles.keys()],
    roleIn: (workspaceId) => roles.get(workspaceId),
    signIn: { sessionId, deviceId },
    again,
  };
}

function unavailable(cause: ApiError): ProtocolError {
  return new ProtocolError('internal', 'accounts cannot be asked right now', { cause });
}
