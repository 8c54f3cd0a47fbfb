/**
 * Signing in at an identity provider (OpenID Connect): the browser leaves by `start`, comes back by `callback`, and the app
 * then has the refresh token in its cookie.
 */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { FLOW_LIFETIME_MS, type OidcFlow } from '../../accounts/oidc/oidc-flow.ts';
import type { OidcSignIn } from '../../accounts/oidc/oidc-sign-in.ts';
import type { Sessions } from '../../accounts/sessions.ts';
import type { Throttle } from '../../accounts/throttle.ts';
import { ApiError } from '../../errors.ts';
import { id, label } from './account-schemas.ts';
import { json, problems, type Api } from './api.ts';
import { originOf, publicUrl, setRefreshCookie, type WebOptions } from './refresh-cookie.ts';

export interface OidcRouteServices {
  /** Undefined where there is no identity provider. */
  readonly oidc: OidcSignIn | undefined;
  readonly sessions: Sessions;
  readonly throttle: Throttle;
  readonly web: WebOptions;
}

export const OIDC_COOKIE = 'tributary_oidc';

const TAGS = ['Signing in'];
const PATH = '/v1/auth/oidc';
const CALLBACK_PATH = `${PATH}/callback`;
const MAX_RETURN_UNITS = 2_000;

/** No other host: a browser takes // and /\ for the beginning of one. */
const APP_PATH = /^\/(?![/\\])[^\p{C}\\]*$/u;

const about = createRoute({
  method: 'get',
  path: PATH,
  operationId: 'aboutOidc',
  tags: TAGS,
  summary: 'Whether one can sign in at an identity provider',
  responses: {
    200: json('What to write on the button.', z.object({ isThere: z.boolean(), label: z.string() })),
    ...problems(),
  },
});

const start = createRoute({
  method: 'get',
  path: `${PATH}/start`,
  operationId: 'startOidc',
  tags: TAGS,
  summary: 'Leave for the identity provider',
  request: {
    query: z.strictObject({
      return_to: z
        .string()
        .max(MAX_RETURN_UNITS, `has to have ${MAX_RETURN_UNITS} characters at most`)
        .refine((text) => APP_PATH.test(text), 'has to be a path of this server, such as /notes')
        .default('/'),
      device_id: id.optional(),
      device_name: label.default(''),
      device_platform: label.default(''),
    }),
  },
  responses: { 302: { description: 'To the provider.' }, ...problems('oidc_failed', 'not_found') },
});

const callback = createRoute({
  method: 'get',
  path: CALLBACK_PATH,
  operationId: 'finishOidc',
  tags: TAGS,
  summary: 'Come back from the identity provider',
  description:
    'Goes back to the app, which then asks for a refresh. A page that could not sign in is told so in the fragment: #sign-in-failed=<code>.',
  responses: {
    302: { description: 'Back to the app.' },
    ...problems('oidc_failed', 'signup_closed', 'conflict', 'not_found', 'accounts_unavailable'),
  },
});

export function addOidcRoutes(api: Api, { oidc, sessions, throttle, web }: OidcRouteServices): void {
  const expectOidc = (): OidcSignIn => {
    if (oidc === undefined) throw new ApiError('not_found', 'there is no identity provider to sign in at');
    return oidc;
  };
  const redirectUri = (context: Context): URL => new URL(CALLBACK_PATH, publicUrl(context, web));

  api.openapi(about, (context) => context.json({ isThere: oidc !== undefined, label: oidc?.label ?? '' }, 200));

  api.openapi(start, async (context) => {
    const service = expectOidc();
    throttle.ask(originOf(context, web).network);
    const query = context.req.valid('query');
    const device = { id: query.device_id, name: query.device_name, platform: query.device_platform };
    const { url, sealed } = await service.leave({
      redirectUri: redirectUri(context).href,
      returnTo: query.return_to,
      device,
    });
    setCookie(context, OIDC_COOKIE, sealed, {
      httpOnly: true,
      sameSite: 'Lax',
      path: PATH,
      secure: redirectUri(context).protocol === 'https:',
      maxAge: FLOW_LIFETIME_MS / 1000,
    });
    context.header('Cache-Control', 'no-store');
    return context.redirect(url.href, 302);
  });

  api.openapi(callback, async (context) => {
    const service = expectOidc();
    const { address, network } = originOf(context, web);
    throttle.ask(network);
    const sealed = getCookie(context, OIDC_COOKIE);
    deleteCookie(context, OIDC_COOKIE, { path: PATH });
    const flow = await service.openFlow(sealed);
    const url = redirectUri(context);
    url.search = new URL(context.req.url).search;
    context.header('Cache-Control', 'no-store');
    try {
      const { refreshToken } = await service.arrive({ flow, url, address });
      setRefreshCookie(context, web, { refreshToken, lifetimeMs: sessions.lifetimeMs });
      return context.redirect(flow.returnTo, 302);
    } catch (error) {
      return backWithFault(context, flow, error);
    }
  });
}

/** A person in a browser is better off in the app than before a problem in JSON. */
function backWithFault(context: Context, { returnTo }: OidcFlow, error: unknown): Response {
  const isPage = context.req.header('Accept')?.includes('text/html') ?? false;
  if (!isPage || !(error instanceof ApiError)) throw error;
  const [path = '/'] = returnTo.split('#', 1);
  return context.redirect(`${path}#sign-in-failed=${error.code}`, 302);
}
