/** What the owner of an account sees and changes of it. */
import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { AccountSecrets } from '../../accounts/account-secrets.ts';
import type { Profile, Profiles } from '../../accounts/profiles.ts';
import { body, invalid, json, NOTHING, problems, type Api, type ApiEnv } from './api.ts';
import { label, password, secret, secretAnswer, secretText, time, user } from './account-schemas.ts';
import { originOf, type WebOptions } from './refresh-cookie.ts';
import { accountOf, BEARER } from './signed-in.ts';

export interface AccountRouteServices {
  readonly profiles: Profiles;
  readonly secrets: AccountSecrets;
  readonly signedIn: MiddlewareHandler<ApiEnv>;
  readonly web: WebOptions;
}

const TAGS = ['Account'];
const ALWAYS = ['unauthenticated', 'not_an_account', 'accounts_unavailable'] as const;

const profileAnswer = user
  .extend({
    createdAt: time,
    signIn: z.object({
      password: z.boolean(),
      issuers: z.array(z.string()).openapi({ description: 'Identity providers that the account signs in with.' }),
    }),
    hasSecret: z.boolean(),
  })
  .openapi('Account');

const show = createRoute({
  method: 'get',
  path: '/v1/account',
  operationId: 'getAccount',
  tags: TAGS,
  summary: 'Who is signed in',
  security: BEARER,
  responses: { 200: json('The account.', profileAnswer), ...problems(...ALWAYS) },
});

const change = createRoute({
  method: 'patch',
  path: '/v1/account',
  operationId: 'changeAccount',
  tags: TAGS,
  summary: 'Change the name',
  security: BEARER,
  request: body(z.strictObject({ name: label }).openapi('AccountChange')),
  responses: { 200: json('The account.', profileAnswer), ...problems(...ALWAYS, 'body_too_large') },
});

const changePassword = createRoute({
  method: 'post',
  path: '/v1/account/password',
  operationId: 'changePassword',
  tags: TAGS,
  summary: 'Change the password',
  description:
    'Every other session is signed out. An account without a password can set one within ten minutes of signing in. The secret, encrypted with the new password, is best sent along.',
  security: BEARER,
  request: body(
    z
      .strictObject({ current: password.optional(), next: password, secret: secret.optional() })
      .openapi('PasswordChange'),
  ),
  responses: { ...NOTHING, ...problems(...ALWAYS, 'wrong_password', 'body_too_large') },
});

const getSecret = createRoute({
  method: 'get',
  path: '/v1/account/secret',
  operationId: 'getAccountSecret',
  tags: TAGS,
  summary: 'The secret of the account, as a device has encrypted it',
  security: BEARER,
  responses: { 200: json('Useless without the password.', secretAnswer), ...problems(...ALWAYS, 'not_found') },
});

const putSecret = createRoute({
  method: 'put',
  path: '/v1/account/secret',
  operationId: 'putAccountSecret',
  tags: TAGS,
  summary: 'Keep the secret of the account',
  description: 'With `ifAbsent` where there is none yet, otherwise with the current password.',
  security: BEARER,
  request: body(
    secret
      .extend({ ifAbsent: z.literal(true).optional(), currentPassword: password.optional() })
      .openapi('AccountSecretChange'),
  ),
  responses: { ...NOTHING, ...problems(...ALWAYS, 'wrong_password', 'conflict', 'body_too_large') },
});

export function addAccountRoutes(api: Api, { profiles, secrets, signedIn, web }: AccountRouteServices): void {
  for (const { path } of [show, changePassword, getSecret]) api.use(path, signedIn);

  api.openapi(show, async (context) => {
    const { userId } = accountOf(context.var.identity);
    return context.json(profileText(await profiles.find(userId)), 200);
  });

  api.openapi(change, async (context) => {
    const { userId } = accountOf(context.var.identity);
    await profiles.rename(userId, context.req.valid('json').name);
    return context.json(profileText(await profiles.find(userId)), 200);
  });

  api.openapi(changePassword, async (context) => {
    const { current, next, secret: wrapped } = context.req.valid('json');
    const { address } = originOf(context, web);
    await profiles.changePassword(accountOf(context.var.identity), { current, next, secret: wrapped, address });
    return context.body(null, 204);
  });

  api.openapi(getSecret, async (context) => {
    const { userId } = accountOf(context.var.identity);
    return context.json(secretText(await secrets.find(userId)), 200);
  });

  api.openapi(putSecret, async (context) => {
    const account = accountOf(context.var.identity);
    const { ifAbsent, currentPassword, ...wrapped } = context.req.valid('json');
    if ((ifAbsent === undefined) === (currentPassword === undefined)) {
      throw invalid([{ parameter: 'ifAbsent', message: 'has to be given, or else currentPassword' }]);
    }
    if (currentPassword === undefined) await secrets.putFirst(account.userId, wrapped);
    else await secrets.replace(account, currentPassword, wrapped);
    return context.body(null, 204);
  });
}

function profileText({
  id,
  email,
  name,
  createdAt,
  hasPassword,
  hasSecret,
  issuers,
}: Profile): z.output<typeof profileAnswer> {
  const signIn = { password: hasPassword, issuers: [...issuers] };
  return { id, email, name, createdAt: createdAt.toISOString(), signIn, hasSecret };
}
