/** Who asks, by the same tokens as a session of sync. */
import { ProtocolError } from '@tributary/sync/protocol';
import type { Authenticate, Identity } from '../auth/identity.ts';
import { ApiError } from '../errors.ts';

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

const SIGN_IN_AGAIN: ReadonlySet<string> = new Set(['unauthenticated', 'device_revoked']);

export interface BearerCheck {
  readonly authenticate: Authenticate;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long after its end a token is still good, for clocks that differ. */
  readonly toleranceMs: number;
}

/** Throws `unauthenticated`, or `internal` where tokens cannot be checked right now. */
export async function identityOf(header: string | undefined, check: BearerCheck): Promise<Identity> {
  const token = BEARER.exec(header ?? '')?.[1];
  if (token === undefined) throw new ApiError('unauthenticated', 'the header is to be Authorization: Bearer <token>');
  const identity = await identify(check.authenticate, token);
  if (check.now() > (identity.expiresAt ?? Infinity) + check.toleranceMs) {
    throw new ApiError('unauthenticated', 'the token has expired');
  }
  return identity;
}

async function identify(authenticate: Authenticate, token: string): Promise<Identity> {
  try {
    return await authenticate(token);
  } catch (cause) {
    if (cause instanceof ProtocolError && cause.code === 'forbidden') {
      throw new ApiError('forbidden', cause.message, { cause });
    }
    if (!(cause instanceof ProtocolError) || SIGN_IN_AGAIN.has(cause.code)) {
      throw new ApiError('unauthenticated', 'the token is not accepted', { cause });
    }
    // What the protocol has no code for, such as accounts that cannot be asked right now.
    throw cause.cause instanceof ApiError ? cause.cause : cause;
  }
}
