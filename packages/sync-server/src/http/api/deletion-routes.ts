/** Deleting one's account: first what goes with it, then the deed. */
import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { AccountDeletion, DeletedWorkspace, LeftWorkspace } from '../../accounts/erasure/account-deletion.ts';
import { ROLES } from '../../auth/identity.ts';
import { email, id, password } from './account-schemas.ts';
import { body, json, NOTHING, problems, type Api, type ApiEnv } from './api.ts';
import { clearRefreshCookie, type WebOptions } from './refresh-cookie.ts';
import { accountOf, BEARER } from './signed-in.ts';

export interface DeletionRouteServices {
  readonly signedIn: MiddlewareHandler<ApiEnv>;
  readonly deletion: AccountDeletion;
  readonly web: WebOptions;
}

const TAGS = ['Account'];

const person = z.object({ id, name: z.string() });

const forecastAnswer = z
  .object({
    needs: z
      .enum(['password', 'fresh-sign-in'])
      .describe('The current password, or for an account without one a sign-in of the last ten minutes.'),
    deleted: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          otherMembers: z.array(person.extend({ role: z.enum(ROLES) })),
        }),
      )
      .describe('Workspaces without another owner: they are deleted for everybody.'),
    left: z
      .array(z.object({ id: z.string(), name: z.string(), newPayer: person.optional() }))
      .describe('Workspaces that live on, with what you wrote there. Your profile, keys, settings and devices go.'),
  })
  .openapi('DeletionForecast');

const forecast = createRoute({
  method: 'get',
  path: '/v1/account/deletion',
  operationId: 'forecastDeletion',
  tags: TAGS,
  summary: 'What would go with the account',
  security: BEARER,
  responses: {
    200: json('Nothing is deleted yet.', forecastAnswer),
    ...problems('unauthenticated', 'not_an_account', 'accounts_unavailable'),
  },
});

const deleteAccount = createRoute({
  method: 'post',
  path: '/v1/account/deletion',
  operationId: 'deleteAccount',
  tags: TAGS,
  summary: 'Delete the account',
  description: 'At once, and for good. What it had in logs and in the cloud copy is erased by the time that takes.',
  security: BEARER,
  request: body(z.strictObject({ email, password: password.optional() }).openapi('AccountDeletion')),
  responses: {
    ...NOTHING,
    ...problems('unauthenticated', 'not_an_account', 'wrong_password', 'billing_unavailable', 'accounts_unavailable'),
  },
});

export function addDeletionRoutes(api: Api, { signedIn, deletion, web }: DeletionRouteServices): void {
  api.use(forecast.path, signedIn);

  api.openapi(forecast, async (context) => {
    const { userId } = accountOf(context.var.identity);
    const { needs, deleted, left } = await deletion.forecast(userId);
    const shown = { needs, deleted: deleted.map(deletedJson), left: left.map(leftJson) };
    return context.json(shown, 200);
  });

  api.openapi(deleteAccount, async (context) => {
    const account = accountOf(context.var.identity);
    const { email: written, password: given } = context.req.valid('json');
    await deletion.delete({ account, email: written, password: given });
    clearRefreshCookie(context, web);
    return context.body(null, 204);
  });
}

function deletedJson({ id: workspaceId, name, otherMembers }: DeletedWorkspace) {
  return { id: workspaceId, name, otherMembers: [...otherMembers] };
}

function leftJson({ id: workspaceId, name, newPayer }: LeftWorkspace) {
  return { id: workspaceId, name, ...(newPayer && { newPayer }) };
}
