/** One good request for every operation that needs an account, as somebody who may would make it. */
import type { Asked } from './people.ts';

/** What requests are about. */
export interface Things {
  readonly workspaceId: string;
  readonly memberId: string;
  readonly invitationId: string;
  readonly invitationToken: string;
  readonly deviceId: string;
  readonly email: string;
  readonly password: string;
}

const WRAPPED = {
  salt: 'c2FsdHNhbHRzYWx0c2FsdA==',
  iterations: 600_000,
  wrapped: Buffer.alloc(60, 7).toString('base64'),
};

export const REQUESTS: Readonly<Record<string, (things: Things) => Asked>> = {
  getAccount: () => ({}),
  changeAccount: () => ({ body: { name: 'Another name' } }),
  changePassword: ({ password }) => ({ body: { current: password, next: `${password} anew` } }),
  getAccountSecret: () => ({}),
  putAccountSecret: () => ({ body: { ...WRAPPED, ifAbsent: true } }),
  listDevices: () => ({}),
  renameDevice: ({ deviceId }) => ({ parameters: { id: deviceId }, body: { name: 'Another name' } }),
  revokeDevice: ({ deviceId }) => ({ parameters: { id: deviceId } }),
  logoutEverywhere: () => ({}),
  forecastDeletion: () => ({}),
  deleteAccount: ({ email, password }) => ({ body: { email, password } }),
  listWorkspaces: () => ({}),
  createWorkspace: () => ({ body: { name: 'Another workspace' } }),
  renameWorkspace: ({ workspaceId }) => ({ parameters: { workspaceId }, body: { name: 'Another name' } }),
  deleteWorkspace: ({ workspaceId }) => ({ parameters: { workspaceId } }),
  leaveWorkspace: ({ workspaceId }) => ({ parameters: { workspaceId } }),
  listMembers: ({ workspaceId }) => ({ parameters: { workspaceId } }),
  changeRole: ({ workspaceId, memberId }) => ({ parameters: { workspaceId, memberId }, body: { role: 'editor' } }),
  removeMember: ({ workspaceId, memberId }) => ({ parameters: { workspaceId, memberId } }),
  setPayer: ({ workspaceId, memberId }) => ({ parameters: { workspaceId }, body: { memberId } }),
  createInvitation: ({ workspaceId }) => ({ parameters: { workspaceId }, body: { role: 'editor' } }),
  listInvitations: ({ workspaceId }) => ({ parameters: { workspaceId } }),
  withdrawInvitation: ({ workspaceId, invitationId }) => ({ parameters: { workspaceId, invitationId } }),
  acceptInvitation: ({ invitationToken }) => ({ body: { token: invitationToken } }),
  getBilling: () => ({}),
  beginCheckout: () => ({ body: { plan: 'pro' } }),
  openBillingPortal: () => ({ body: {} }),
  getWorkspaceUsage: ({ workspaceId }) => ({ parameters: { workspaceId }, query: 'from=2026-01-01&to=2026-01-31' }),
  search: ({ workspaceId }) => ({ query: `q=plan&workspace=${workspaceId}` }),
};
