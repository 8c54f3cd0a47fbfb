/** Who calls. A route that needs an account has its check as middleware, and names it in the document as `security`. */
import type { MiddlewareHandler } from 'hono';
import type { Identity, SignIn } from '../../auth/identity.ts';
import { ApiError } from '../../errors.ts';
import type { Rate } from '../../limits.ts';
import { identityOf, type BearerCheck } from '../bearer.ts';
import { UserRates } from '../user-rates.ts';
import type { ApiEnv } from './api.ts';

/** As routes name it in `security`. */
export const BEARER = [{ bearer: [] }];

export const DEFAULT_API_RATE: Rate = { perSecond: 20, burst: 200 };

export interface SignedInOptions extends BearerCheck {
  /** Of one user. */
  readonly rate?: Rate;
  readonly uptimeMs: () => number;
}

/** Sets `identity` for the route, or ends the request. */
export function signedIn({ rate = DEFAULT_API_RATE, uptimeMs, ...check }: SignedInOptions): MiddlewareHandler<ApiEnv> {
  const rates = new UserRates(rate, uptimeMs);
  return async (context, next) => {
    const identity = await identityOf(context.req.header('Authorization'), check);
    rates.take(identity.userId);
    context.set('identity', identity);
    context.header('Cache-Control', 'private, no-store');
    await next();
  };
}

export interface Account extends SignIn {
  readonly userId: string;
}

/** Throws `not_an_account` for a token that was made without signing in. */
export function accountOf({ userId, signIn }: Identity): Account {
  if (signIn === undefined) throw new ApiError('not_an_account', 'sign in, and use the access token');
  return { userId, ...signIn };
}
