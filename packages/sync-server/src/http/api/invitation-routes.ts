/**
 * Links that let others into a workspace: `<origin>/join#<token>`. The token is in no path and no query, so that no log of
 * requests has it; what follows the # stays in the browser.
 */
import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Throttle } from '../../accounts/throttle.ts';
import type { Invitations, InvitationView } from '../../accounts/workspaces/invitations.ts';
import { ROLES } from '../../auth/identity.ts';
import type { ProxyTrust } from '../client-address.ts';
import { id, time } from './account-schemas.ts';
import { body, json, NOTHING, problems, type Api, type ApiEnv } from './api.ts';
import { originOf } from './refresh-cookie.ts';
import { accountOf, BEARER } from './signed-in.ts';
import { ofWorkspace } from './workspace-routes.ts';

export interface InvitationRouteServices {
  readonly signedIn: MiddlewareHandler<ApiEnv>;
  readonly invitations: Invitations;
  readonly throttle: Pick<Throttle, 'ask'>;
  readonly web: ProxyTrust;
}

const MAX_DAYS = 30;
const DEFAULT_DAYS = 7;
const MAX_USES = 100;

const TAGS = ['Invitations'];

const roleSchema = z.enum(ROLES).describe('What the new member may do.');

const tokenBody = body(
  z.strictObject({
    token: z
      .string()
      .regex(/^[\w-]{43}$/, 'is no token of an invitation')
      .describe('What follows the # of the link.'),
  }),
);

const invitationSchema = z
  .object({
    id,
    role: roleSchema,
    createdBy: z.object({ id, name: z.string() }),
    createdAt: time,
    expiresAt: time,
    usesLeft: z.int(),
  })
  .openapi('Invitation');

export function addInvitationRoutes(api: Api, services: InvitationRouteServices): void {
  addManagingRoutes(api, services);
  addFollowingRoutes(api, services);
}

function addManagingRoutes(api: Api, { signedIn, invitations }: InvitationRouteServices): void {
  const shared = { tags: TAGS, security: BEARER, middleware: signedIn };
  const managed = problems('unauthenticated', 'not_an_account', 'forbidden', 'not_found', 'accounts_unavailable');

  const create = createRoute({
    ...shared,
    method: 'post',
    path: '/v1/workspaces/{workspaceId}/invitations',
    operationId: 'createInvitation',
    summary: 'Make a link that lets others into a workspace',
    request: {
      params: ofWorkspace,
      ...body(
        z.strictObject({
          role: roleSchema,
          days: z.int().min(1).max(MAX_DAYS).default(DEFAULT_DAYS).describe('How long it is good.'),
          uses: z.int().min(1).max(MAX_USES).default(1).describe('How many people may follow it.'),
        }),
      ),
    },
    responses: {
      201: json(
        'Made. The token is told this once: the link is `<origin>/join#<token>`.',
        z.object({ id, token: z.string(), expiresAt: time }),
      ),
      ...managed,
    },
  });
  api.openapi(create, async (context) => {
    const { userId } = accountOf(context.var.identity);
    const { workspaceId } = context.req.valid('param');
    const created = await invitations.create({ workspaceId, userId }, context.req.valid('json'));
    return context.json({ ...created, expiresAt: created.expiresAt.toISOString() }, 201);
  });

  const list = createRoute({
    ...shared,
    method: 'get',
    path: '/v1/workspaces/{workspaceId}/invitations',
    operationId: 'listInvitations',
    summary: 'The links into a workspace that are good',
    request: { params: ofWorkspace },
    responses: {
      200: json('The newest first.', z.object({ invitations: z.array(invitationSchema) })),
      ...managed,
    },
  });
  api.openapi(list, async (context) => {
    const { userId } = accountOf(context.var.identity);
    const { workspaceId } = context.req.valid('param');
    return context.json({ invitations: (await invitations.list({ workspaceId, userId })).map(invitationJson) }, 200);
  });

  const withdraw = createRoute({
    ...shared,
    method: 'delete',
    path: '/v1/workspaces/{workspaceId}/invitations/{invitationId}',
    operationId: 'withdrawInvitation',
    summary: 'Withdraw a link',
    request: { params: ofWorkspace.extend({ invitationId: id }) },
    responses: { ...NOTHING, ...managed },
  });
  api.openapi(withdraw, async (context) => {
    const { userId } = accountOf(context.var.identity);
    const { workspaceId, invitationId } = context.req.valid('param');
    await invitations.withdraw({ workspaceId, userId }, invitationId);
    return context.body(null, 204);
  });
}

function addFollowingRoutes(api: Api, { signedIn, invitations, throttle, web }: InvitationRouteServices): void {
  const look = createRoute({
    tags: TAGS,
    method: 'post',
    path: '/v1/invitations/look',
    operationId: 'lookAtInvitation',
    summary: 'What a link leads to',
    description: 'For whoever has the link, signed in or not.',
    request: tokenBody,
    responses: {
      200: json(
        'It is good.',
        z.object({ workspaceName: z.string(), role: roleSchema, inviterName: z.string() }).openapi('InvitationCard'),
      ),
      ...problems('invitation_invalid', 'accounts_unavailable'),
    },
  });
  api.openapi(look, async (context) => {
    throttle.ask(originOf(context, web).network);
    context.header('Cache-Control', 'private, no-store');
    return context.json(await invitations.look(context.req.valid('json').token), 200);
  });

  const accept = createRoute({
    tags: TAGS,
    security: BEARER,
    middleware: signedIn,
    method: 'post',
    path: '/v1/invitations/accept',
    operationId: 'acceptInvitation',
    summary: 'Follow a link',
    description: 'A member may do it again: that changes nothing, except that a link to a higher role gives that.',
    request: tokenBody,
    responses: {
      200: json('You are a member.', z.object({ workspaceId: z.string(), role: roleSchema })),
      ...problems('unauthenticated', 'not_an_account', 'invitation_invalid', 'accounts_unavailable'),
    },
  });
  api.openapi(accept, async (context) => {
    const { userId } = accountOf(context.var.identity);
    return context.json(await invitations.accept(userId, context.req.valid('json').token), 200);
  });
}

function invitationJson(invitation: InvitationView): z.input<typeof invitationSchema> {
  const { createdAt, expiresAt } = invitation;
  return { ...invitation, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}
