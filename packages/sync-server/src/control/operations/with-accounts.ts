import { CloudError } from '../../cloud/cloud-error.ts';
import { ApiError, ServerError } from '../../errors.ts';
import type { AccountWork } from '../account-work.ts';
import type { Workplace } from '../operation.ts';

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
