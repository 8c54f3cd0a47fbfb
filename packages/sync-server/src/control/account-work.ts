/** What commands do with accounts, as they are put together in the running server, or here for want of one. */
import type { AccountAdmin } from '../accounts/account-admin.ts';
import type { Devices } from '../accounts/devices.ts';
import type { AccountDeletion } from '../accounts/erasure/account-deletion.ts';
import type { Invitations } from '../accounts/workspaces/invitations.ts';
import type { Members } from '../accounts/workspaces/members.ts';
import type { WorkspaceAdmin } from '../accounts/workspaces/workspace-admin.ts';
import type { Workspaces } from '../accounts/workspaces/workspaces.ts';
import { CloudError } from '../cloud/cloud-error.ts';
import { ApiError, ServerError } from '../errors.ts';
import type { Workplace } from './operation.ts';

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

/** What was asked of accounts and cannot be is said to whoever gave the command. */
export async function withAccounts<T>(place: Workplace, work: (accounts: AccountWork) => Promise<T>): Promise<T> {
  try {
    return await work(await place.accountWork());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { message } = error;
    if (error.code === 'accounts_unavailable') throw new CloudError('cloud_unavailable', message, { cause: error });
    throw new ServerError('config_invalid', message, { cause: error });
  }
}

/** Waits for it only as long as somebody waits for the result: erasing goes on by itself. */
export async function whileWanted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const given = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new ServerError('server_lost', 'the rest is erased later')), {
      once: true,
    });
  });
  await Promise.race([work, given]);
}
