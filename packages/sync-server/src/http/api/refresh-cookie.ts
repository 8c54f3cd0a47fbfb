/**
 * The refresh token in a browser: in a cookie that no script can read and no other site can send. A page of another origin
 * on the same site could still have it sent, so whoever uses the cookie has to come from an origin that may.
 */
import type { Context } from 'hono';
import { getCookie, setCookie, deleteCookie } from 'hono/cookie';
import { ApiError } from '../../errors.ts';
import { clientAddress, isSecure, networkOf, type ProxyTrust } from '../client-address.ts';
import { isAllowedOrigin } from '../origin.ts';
import type { Origin } from '../../accounts/sign-in.ts';

export interface WebOptions extends ProxyTrust {
  /** Web pages of these origins may use the cookie, besides those of the same host. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Where browsers reach the server; otherwise what they ask for counts. */
  readonly publicUrl?: string | undefined;
}

export const REFRESH_COOKIE = 'tributary_refresh';

const PATH = '/v1/auth';

/** Browsers keep none longer than 400 days. */
const MAX_AGE_S = 400 * 24 * 60 * 60;

export function setRefreshCookie(
  context: Context,
  web: WebOptions,
  { refreshToken, lifetimeMs }: { readonly refreshToken: string; readonly lifetimeMs: number },
): void {
  setCookie(context, REFRESH_COOKIE, refreshToken, {
    httpOnly: true,
    sameSite: 'Strict',
    path: PATH,
    secure: publicUrl(context, web).protocol === 'https:',
    maxAge: Math.min(MAX_AGE_S, Math.floor(lifetimeMs / 1000)),
  });
}

export function clearRefreshCookie(context: Context, web: WebOptions): void {
  deleteCookie(context, REFRESH_COOKIE, { path: PATH, secure: publicUrl(context, web).protocol === 'https:' });
}

/** Undefined where there is none; throws `forbidden` where the page may not use it. */
export function refreshCookie(context: Context, web: WebOptions): string | undefined {
  const cookie = getCookie(context, REFRESH_COOKIE);
  if (cookie !== undefined) expectOwnPage(context, web);
  return cookie;
}

/** `*` lets pages of every origin in that bring a token of their own; the cookie is not theirs. */
export function expectOwnPage(context: Context, { allowedOrigins = [] }: WebOptions): void {
  const origin = context.req.header('Origin');
  const { host } = new URL(context.req.url);
  const named = allowedOrigins.filter((allowed) => allowed !== '*');
  if (origin !== undefined && isAllowedOrigin({ origin, host }, named)) return;
  throw new ApiError('forbidden', 'only a page of this server, or of an allowed origin, may use the cookie');
}

/** Without a path. */
export function publicUrl(context: Context, web: WebOptions): URL {
  if (web.publicUrl !== undefined) return new URL(web.publicUrl);
  const { host } = new URL(context.req.url);
  return new URL(`${isSecure(context, web) ? 'https' : 'http'}://${host}`);
}

export function originOf(context: Context, web: ProxyTrust): Origin {
  const address = clientAddress(context, web);
  return { address, network: networkOf(address) };
}
