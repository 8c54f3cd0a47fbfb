/** Making an account, signing in, staying signed in and signing out. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import type { PasswordSignIn } from '../../accounts/sign-in.ts';
import type { Sessions, SignedIn } from '../../accounts/sessions.ts';
import type { Throttle } from '../../accounts/throttle.ts';
import { body, json, NOTHING, problems, type Api, type ApiEnv } from './api.ts';
import { device, deviceRequest, email, label, password, time, user } from './account-schemas.ts';
import {
  clearRefreshCookie,
  expectOwnPage,
  originOf,
  refreshCookie,
  setRefreshCookie,
  type WebOptions,
} from './refresh-cookie.ts';
import { accountOf, BEARER } from './signed-in.ts';

export interface AuthRouteServices {
  readonly signIn: PasswordSignIn;
  readonly sessions: Sessions;
  readonly throttle: Throttle;
  readonly signedIn: MiddlewareHandler<ApiEnv>;
  readonly web: WebOptions;
}

const TAGS = ['Signing in'];

const refreshToken = z.string().max(200).openapi({ description: 'Good once. The next one comes with the answer.' });

const signedInAnswer = z
  .object({
    accessToken: z.string().openapi({ description: 'For `Authorization: Bearer`, and for Hello over the WebSocket.' }),
    expiresAt: time,
    refreshToken: refreshToken.optional().openapi({ description: 'Absent where it is in the cookie.' }),
    user,
    device,
  })
  .openapi('SignedIn');

const register = createRoute({
  method: 'post',
  path: '/v1/auth/register',
  operationId: 'register',
  tags: TAGS,
  summary: 'Make an account',
  description: 'The answer is the same whether the e-mail was free or not. Sign in afterwards.',
  request: body(z.strictObject({ email, password, name: label.default('') }).openapi('Registration')),
  responses: {
    202: json('Taken on.', z.object({ status: z.literal('accepted') })),
    ...problems('signup_closed', 'body_too_large', 'accounts_unavailable'),
  },
});

const login = createRoute({
  method: 'post',
  path: '/v1/auth/login',
  operationId: 'login',
  tags: TAGS,
  summary: 'Sign in with e-mail and password',
  request: body(
    z
      .strictObject({
        email,
        password,
        device: deviceRequest.default({ name: '', platform: '' }),
        cookie: z.boolean().default(false).openapi({ description: 'Keep the refresh token in a cookie.' }),
      })
      .openapi('Login'),
  ),
  responses: {
    200: json('Signed in.', signedInAnswer),
    ...problems('sign_in_failed', 'forbidden', 'body_too_large', 'accounts_unavailable'),
  },
});

/** With a body the token is in it; without one it is in the cookie. */
const tokenBody = {
  body: {
    ...json('', z.strictObject({ refreshToken: refreshToken.optional() }).openapi('RefreshToken')),
    required: false,
  },
} as const;

const refresh = createRoute({
  method: 'post',
  path: '/v1/auth/refresh',
  operationId: 'refresh',
  tags: TAGS,
  summary: 'Get a fresh access token',
  description:
    'The refresh token comes in the body, or else in the cookie, and the next one goes back the same way. Shown again within 30 seconds it gives the same answer; shown later it ends the session, because somebody else has a copy.',
  request: tokenBody,
  responses: {
    200: json('Still signed in.', signedInAnswer),
    ...problems('session_ended', 'forbidden', 'body_too_large', 'accounts_unavailable'),
  },
});

const logout = createRoute({
  method: 'post',
  path: '/v1/auth/logout',
  operationId: 'logout',
  tags: TAGS,
  summary: 'Sign out here',
  description: 'The refresh token says of which session, as for a refresh. Done too where the session is over already.',
  request: tokenBody,
  responses: { ...NOTHING, ...problems('forbidden', 'body_too_large', 'accounts_unavailable') },
});

const logoutEverywhere = createRoute({
  method: 'post',
  path: '/v1/auth/logout-everywhere',
  operationId: 'logoutEverywhere',
  tags: TAGS,
  summary: 'Sign out on every device, this one included',
  security: BEARER,
  responses: { ...NOTHING, ...problems('unauthenticated', 'not_an_account', 'accounts_unavailable') },
});

export function addAuthRoutes(api: Api, { signIn, sessions, throttle, signedIn, web }: AuthRouteServices): void {
  const answer = (context: Context, result: SignedIn, inCookie: boolean): z.output<typeof signedInAnswer> => {
    const { refreshToken: token, expiresAt, ...rest } = result;
    context.header('Cache-Control', 'private, no-store');
    const shown = { ...rest, expiresAt: new Date(expiresAt).toISOString() };
    if (!inCookie) return { ...shown, refreshToken: token };
    setRefreshCookie(context, web, { refreshToken: token, lifetimeMs: sessions.lifetimeMs });
    return shown;
  };

  api.openapi(register, async (context) => {
    const from = originOf(context, web);
    throttle.ask(from.network);
    await signIn.register({ ...context.req.valid('json'), from });
    return context.json({ status: 'accepted' as const }, 202);
  });

  api.openapi(login, async (context) => {
    const { cookie, ...credentials } = context.req.valid('json');
    if (cookie) expectOwnPage(context, web);
    const from = originOf(context, web);
    throttle.ask(from.network);
    return context.json(answer(context, await signIn.login({ ...credentials, from }), cookie), 200);
  });

  api.openapi(refresh, async (context) => {
    const given = context.req.valid('json').refreshToken;
    const token = given ?? refreshCookie(context, web) ?? '';
    const { address, network } = originOf(context, web);
    throttle.ask(network);
    return context.json(answer(context, await sessions.refresh(token, address), given === undefined), 200);
  });

  api.openapi(logout, async (context) => {
    const given = context.req.valid('json').refreshToken;
    const token = given ?? refreshCookie(context, web) ?? '';
    const { address, network } = originOf(context, web);
    throttle.ask(network);
    await sessions.signOut(token, address);
    if (given === undefined) clearRefreshCookie(context, web);
    return context.body(null, 204);
  });

  api.use(logoutEverywhere.path, signedIn);
  api.openapi(logoutEverywhere, async (context) => {
    await sessions.signOutEverywhere(accountOf(context.var.identity), originOf(context, web).address);
    return context.body(null, 204);
  });
}
