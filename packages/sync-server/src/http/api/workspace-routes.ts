/** Workspaces and who is in them. */
import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Members, MemberView } from '../../accounts/workspaces/members.ts';
import type { Workspaces, WorkspaceView } from '../../accounts/workspaces/workspaces.ts';
import { ROLES } from '../../auth/identity.ts';
import { id, name, time } from './account-schemas.ts';
import { body, json, NOTHING, problems, type Api, type ApiEnv } from './api.ts';
import { accountOf, BEARER } from './signed-in.ts';

export interface WorkspaceRouteServices {
  readonly signedIn: MiddlewareHandler<ApiEnv>;
  readonly workspaces: Workspaces;
  readonly members: Members;
}

const TAGS = ['Workspaces'];

const roleSchema = z.enum(ROLES).describe('What the member may do: viewers read, editors write, owners manage.');

const workspaceSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: roleSchema,
    memberCount: z.int(),
    owner: z.object({ id, name: z.string() }).describe('The owner whose plan the workspace counts towards.'),
    createdAt: time,
  })
  .openapi('Workspace');

const memberSchema = z
  .object({
    id,
    name: z.string(),
    email: z.email().optional().describe('For owners, and of oneself.'),
    role: roleSchema,
    isPaying: z.boolean().describe('Whether the workspace counts towards the plan of this member.'),
    joinedAt: time,
  })
  .openapi('Member');

const changedSchema = z.object({
  withdrawnInvitations: z.int().describe('Links that the member might have come back through.'),
});

export const ofWorkspace = z.object({ workspaceId: z.string().min(1).max(64) });

const ofMember = ofWorkspace.extend({ memberId: id });

export function addWorkspaceRoutes(api: Api, services: WorkspaceRouteServices): void {
  addOwnRoutes(api, services);
  addMemberRoutes(api, services);
}

function addOwnRoutes(api: Api, { signedIn, workspaces }: WorkspaceRouteServices): void {
  const shared = { tags: TAGS, security: BEARER, middleware: signedIn };

  const list = createRoute({
    ...shared,
    method: 'get',
    path: '/v1/workspaces',
    operationId: 'listWorkspaces',
    summary: 'The workspaces that you are a member of',
    responses: {
      200: json('The oldest first.', z.object({ workspaces: z.array(workspaceSchema) })),
      ...problems('unauthenticated', 'not_an_account', 'accounts_unavailable'),
    },
  });
  api.openapi(list, async (context) => {
    const { userId } = accountOf(context.var.identity);
    return context.json({ workspaces: (await workspaces.list(userId)).map(workspaceJson) }, 200);
  });

  const create = createRoute({
    ...shared,
    method: 'post',
    path: '/v1/workspaces',
    operationId: 'createWorkspace',
    summary: 'Make a workspace, and own it',
    request: body(z.strictObject({ name })),
    responses: {
      201: json('Made.', z.object({ id: z.string() })),
      ...problems('unauthenticated', 'not_an_account', 'accounts_unavailable'),
    },
  });
  api.openapi(create, async (context) => {
    const { userId } = accountOf(context.var.identity);
    return context.json({ id: await workspaces.create(userId, context.req.valid('json').name) }, 201);
  });

  const rename = createRoute({
    ...shared,
    method: 'patch',
    path: '/v1/workspaces/{workspaceId}',
    operationId: 'renameWorkspace',
    summary: 'Give a workspace another name',
    request: { params: ofWorkspace, ...body(z.strictObject({ name })) },
    responses: {
      ...NOTHING,
      ...problems('unauthenticated', 'not_an_account', 'forbidden', 'not_found', 'accounts_unavailable'),
    },
  });
  api.openapi(rename, async (context) => {
    const { userId } = accountOf(context.var.identity);
    const { workspaceId } = context.req.valid('param');
    await workspaces.rename({ workspaceId, userId }, context.req.valid('json').name);
    return context.body(null, 204);
  });

  const remove = createRoute({
    ...shared,
    method: 'delete',
    path: '/v1/workspaces/{workspaceId}',
    operationId: 'deleteWorkspace',
    summary: 'Delete a workspace for all of its members',
    description: 'Everybody is cut off at once, and what it held is erased from the server. Devices keep their copies.',
    request: { params: ofWorkspace },
    responses: {
      ...NOTHING,
      ...problems('unauthenticated', 'not_an_account', 'forbidden', 'not_found', 'accounts_unavailable'),
    },
  });
  api.openapi(remove, async (context) => {
    const { userId } = accountOf(context.var.identity);
    await workspaces.delete({ workspaceId: context.req.valid('param').workspaceId, userId });
    return context.body(null, 204);
  });

  const leave = createRoute({
    ...shared,
    method: 'post',
    path: '/v1/workspaces/{workspaceId}/leave',
    operationId: 'leaveWorkspace',
    summary: 'Be no member of a workspace any more',
    description: 'The links that you made are withdrawn. What you wrote there stays.',
    request: { params: ofWorkspace },
    responses: {
      ...NOTHING,
      ...problems('unauthenticated', 'not_an_account', 'not_found', 'last_owner', 'conflict', 'accounts_unavailable'),
    },
  });
  api.openapi(leave, async (context) => {
    const { userId } = accountOf(context.var.identity);
    await workspaces.leave({ workspaceId: context.req.valid('param').workspaceId, userId });
    return context.body(null, 204);
  });
}

function addMemberRoutes(api: Api, { signedIn, members }: WorkspaceRouteServices): void {
  const shared = { tags: TAGS, security: BEARER, middleware: signedIn };
  const managed = problems(
    'unauthenticated',
    'not_an_account',
    'forbidden',
    'not_found',
    'last_owner',
    'conflict',
    'accounts_unavailable',
  );

  const list = createRoute({
    ...shared,
    method: 'get',
    path: '/v1/workspaces/{workspaceId}/members',
    operationId: 'listMembers',
    summary: 'Who is in a workspace',
    request: { params: ofWorkspace },
    responses: {
      200: json('In the order in which they joined.', z.object({ members: z.array(memberSchema) })),
      ...problems('unauthenticated', 'not_an_account', 'not_found', 'accounts_unavailable'),
    },
  });
  api.openapi(list, async (context) => {
    const { userId } = accountOf(context.var.identity);
    const { workspaceId } = context.req.valid('param');
    return context.json({ members: (await members.list({ workspaceId, userId })).map(memberJson) }, 200);
  });

  const changeRole = createRoute({
    ...shared,
    method: 'patch',
    path: '/v1/workspaces/{workspaceId}/members/{memberId}',
    operationId: 'changeRole',
    summary: 'Say what a member may do',
    description: 'It counts at once. With a lower role, the open links of the workspace that give more are withdrawn.',
    request: { params: ofMember, ...body(z.strictObject({ role: roleSchema })) },
    responses: { 200: json('Changed.', changedSchema), ...managed },
  });
  api.openapi(changeRole, async (context) => {
    const { userId: actorId } = accountOf(context.var.identity);
    const { role } = context.req.valid('json');
    return context.json(await members.changeRole({ ...context.req.valid('param'), actorId }, role), 200);
  });

  const remove = createRoute({
    ...shared,
    method: 'delete',
    path: '/v1/workspaces/{workspaceId}/members/{memberId}',
    operationId: 'removeMember',
    summary: 'Take somebody out of a workspace',
    description: 'They are cut off at once. The open links of the workspace are withdrawn, or they could come back.',
    request: { params: ofMember },
    responses: { 200: json('Removed.', changedSchema), ...managed },
  });
  api.openapi(remove, async (context) => {
    const { userId: actorId } = accountOf(context.var.identity);
    return context.json(await members.remove({ ...context.req.valid('param'), actorId }), 200);
  });

  const setPayer = createRoute({
    ...shared,
    method: 'put',
    path: '/v1/workspaces/{workspaceId}/payer',
    operationId: 'setPayer',
    summary: 'Say towards whose plan a workspace counts',
    description: 'It has to be an owner. The owner who pays gives it to another one; every owner may take it.',
    request: { params: ofWorkspace, ...body(z.strictObject({ memberId: id })) },
    responses: { ...NOTHING, ...managed },
  });
  api.openapi(setPayer, async (context) => {
    const { userId: actorId } = accountOf(context.var.identity);
    const { workspaceId } = context.req.valid('param');
    await members.setPayer({ workspaceId, actorId, memberId: context.req.valid('json').memberId });
    return context.body(null, 204);
  });
}

function workspaceJson(workspace: WorkspaceView): z.input<typeof workspaceSchema> {
  return { ...workspace, createdAt: workspace.createdAt.toISOString() };
}

function memberJson({ email, joinedAt, ...member }: MemberView): z.input<typeof memberSchema> {
  return { ...member, ...(email !== undefined && { email }), joinedAt: joinedAt.toISOString() };
}
