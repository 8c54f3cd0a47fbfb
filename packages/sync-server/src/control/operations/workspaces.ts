/** Workspaces and their members, as whoever runs the server manages them. */
import { z } from 'zod';
import type { MemberView } from '../../accounts/workspaces/members.ts';
import type { ListedWorkspace } from '../../accounts/workspaces/workspace-admin.ts';
import { ROLES, type Role } from '../../auth/identity.ts';
import type { AccountWork } from '../account-work.ts';
import type { Operation } from '../operation.ts';
import { whileWanted, withAccounts } from './with-accounts.ts';

export interface WorkspaceRecord {
  readonly id: string;
  readonly name: string;
  readonly ownerEmail: string;
  readonly members: number;
  readonly createdAt: string;
}

export interface MemberRecord {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly isPaying: boolean;
  readonly joinedAt: string;
}

export const workspaceList: Operation<Record<string, never>, never, readonly WorkspaceRecord[]> = {
  name: 'workspace-list',
  input: z.object({}) as z.ZodType<Record<string, never>>,
  needsLog: false,
  isExclusive: false,
  run: (_input, { place }) =>
    withAccounts(place, async ({ workspaceAdmin }) => (await workspaceAdmin.list()).map(workspaceRecord)),
};

const newWorkspaceSchema = z.object({ name: z.string(), ownerEmail: z.string() });

export const workspaceCreate: Operation<z.output<typeof newWorkspaceSchema>, never, { readonly id: string }> = {
  name: 'workspace-create',
  input: newWorkspaceSchema,
  needsLog: true,
  isExclusive: false,
  run: ({ name, ownerEmail }, { place }) =>
    withAccounts(place, async ({ workspaces, workspaceAdmin }) => ({
      id: await workspaces.create(await workspaceAdmin.userWith(ownerEmail), name),
    })),
};

const workspaceSchema = z.object({ workspaceId: z.string() });

type WorkspaceInput = z.output<typeof workspaceSchema>;

export const workspaceMembers: Operation<WorkspaceInput, never, readonly MemberRecord[]> = {
  name: 'workspace-members',
  input: workspaceSchema,
  needsLog: false,
  isExclusive: false,
  run: ({ workspaceId }, { place }) =>
    withAccounts(place, async ({ members, workspaceAdmin }) => {
      const userId = await workspaceAdmin.ownerOf(workspaceId);
      return (await members.list({ workspaceId, userId })).map(memberRecord);
    }),
};

const memberSchema = workspaceSchema.extend({ email: z.string() });
const roleSchema = memberSchema.extend({ role: z.enum(ROLES) });

export const workspaceAddMember: Operation<z.output<typeof roleSchema>, never, null> = {
  name: 'workspace-add-member',
  input: roleSchema,
  needsLog: true,
  isExclusive: false,
  run: ({ workspaceId, email, role }, { place }) =>
    withAccounts(place, async ({ workspaceAdmin }) => {
      await workspaceAdmin.addMember({ workspaceId, userId: await workspaceAdmin.userWith(email) }, role);
      return null;
    }),
};

export const workspaceRole: Operation<z.output<typeof roleSchema>, never, null> = {
  name: 'workspace-role',
  input: roleSchema,
  needsLog: true,
  isExclusive: false,
  run: ({ role, ...input }, { place }) =>
    withAccounts(place, async (accounts) => {
      await accounts.members.changeRole(await memberChangeOf(accounts, input), role);
      return null;
    }),
};

export const workspaceRemoveMember: Operation<z.output<typeof memberSchema>, never, null> = {
  name: 'workspace-remove-member',
  input: memberSchema,
  needsLog: true,
  isExclusive: false,
  run: (input, { place }) =>
    withAccounts(place, async (accounts) => {
      await accounts.members.remove(await memberChangeOf(accounts, input));
      return null;
    }),
};

const invitationSchema = workspaceSchema.extend({ role: z.enum(ROLES), days: z.int(), uses: z.int() });

export interface NewLink {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: string;
}

export const workspaceInvite: Operation<z.output<typeof invitationSchema>, never, NewLink> = {
  name: 'workspace-invite',
  input: invitationSchema,
  needsLog: false,
  isExclusive: false,
  run: ({ workspaceId, ...invitation }, { place }) =>
    withAccounts(place, async ({ invitations, workspaceAdmin }) => {
      const userId = await workspaceAdmin.ownerOf(workspaceId);
      const created = await invitations.create({ workspaceId, userId }, invitation);
      return { ...created, expiresAt: created.expiresAt.toISOString() };
    }),
};

/** Comes back when everything is erased. */
export const workspaceDelete: Operation<WorkspaceInput, never, null> = {
  name: 'workspace-delete',
  input: workspaceSchema,
  needsLog: true,
  isExclusive: false,
  run: ({ workspaceId }, { place, signal }) =>
    withAccounts(place, async ({ workspaces, workspaceAdmin, erased }) => {
      await workspaces.delete({ workspaceId, userId: await workspaceAdmin.ownerOf(workspaceId) });
      await whileWanted(erased(), signal);
      return null;
    }),
};

async function memberChangeOf(
  { workspaceAdmin }: AccountWork,
  { workspaceId, email }: z.output<typeof memberSchema>,
): Promise<{ workspaceId: string; actorId: string; memberId: string }> {
  const memberId = await workspaceAdmin.userWith(email);
  return { workspaceId, actorId: await workspaceAdmin.ownerOf(workspaceId), memberId };
}

function workspaceRecord({ createdAt, ...workspace }: ListedWorkspace): WorkspaceRecord {
  return { ...workspace, createdAt: createdAt.toISOString() };
}

function memberRecord({ email = '', joinedAt, ...member }: MemberView): MemberRecord {
  return { ...member, email, joinedAt: joinedAt.toISOString() };
}
