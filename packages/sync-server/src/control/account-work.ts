/** What commands do with accounts, as they are put together in the running server, or here for want of one. */
import type { AccountAdmin } from '../accounts/account-admin.ts';
import type { Devices } from '../accounts/devices.ts';
import type { AccountDeletion } from '../accounts/erasure/account-deletion.ts';
import type { Invitations } from '../accounts/workspaces/invitations.ts';
import type { Members } from '../accounts/workspaces/members.ts';
import type { WorkspaceAdmin } from '../accounts/workspaces/workspace-admin.ts';
import type { Workspaces } from '../accounts/workspaces/workspaces.ts';

export interface AccountWork {
  readonly admin: AccountAdmin;
  readonly devices: Devices;
  readonly workspaceAdmin: WorkspaceAdmin;
  readonly workspaces: Workspaces;
  readonly members: Members;
  readonly invitations: Invitations;
  readonly deletion: AccountDeletion;
  /** When all that was deleted is erased. */
  readonly erased: () => Promise<void>;
}
