/**
 * The secret that encrypts what nobody but the account's owner may read, such as API keys. Devices make, encrypt and unlock
 * it; what lies here is useless without the password.
 */
import type { CloudQueries } from '../cloud/cloud-database.ts';
import { ApiError } from '../errors.ts';
import type { AccountSignIn } from './access-token.ts';
import type { AccountStore } from './account-store.ts';
import { recordEvent } from './audit.ts';
import type { Confirmation } from './confirmation.ts';

export interface AccountSecret {
  /** What the key is made from, beside the password. */
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly wrapped: Uint8Array;
}

export interface AccountSecretsOptions {
  readonly store: AccountStore;
  readonly confirmation: Confirmation;
}

export class AccountSecrets {
  readonly #options: AccountSecretsOptions;

  constructor(options: AccountSecretsOptions) {
    this.#options = options;
  }

  async find(userId: string): Promise<AccountSecret> {
    const secret = await this.#options.store.find<AccountSecret>(
      'SELECT salt, iterations, wrapped FROM auth.account_secrets WHERE user_id = $1',
      [userId],
    );
    if (secret === undefined) throw new ApiError('not_found', 'the account has no secret yet');
    return secret;
  }

  /** Two devices may make one at the same time: the second is told `conflict`, and takes what is there. */
  async putFirst(userId: string, { salt, iterations, wrapped }: AccountSecret): Promise<void> {
    const added = await this.#options.store.query(
      `INSERT INTO auth.account_secrets (user_id, salt, iterations, wrapped) VALUES ($1, $2, $3, $4)
       ON CONFLICT (user_id) DO NOTHING RETURNING user_id`,
      [userId, salt, iterations, wrapped],
    );
    if (added.length === 0) throw new ApiError('conflict', 'the account has a secret already');
  }

  /** What was encrypted with another secret is lost with it, so it takes the password. */
  async replace(caller: AccountSignIn, password: string, secret: AccountSecret): Promise<void> {
    const { store, confirmation } = this.#options;
    const { userId } = caller;
    await confirmation.check(caller, password);
    await store.transaction(async (queries) => {
      await putSecret(queries, userId, secret);
      await recordEvent(queries, { kind: 'secret-replaced', userId });
    });
  }
}

export async function putSecret(
  queries: Pick<CloudQueries, 'query'>,
  userId: string,
  { salt, iterations, wrapped }: AccountSecret,
): Promise<void> {
  await queries.query(
    `INSERT INTO auth.account_secrets (user_id, salt, iterations, wrapped) VALUES ($1, $2, $3, $4)
     ON CONFLICT (user_id) DO UPDATE SET salt = $2, iterations = $3, wrapped = $4, updated_at = now()`,
    [userId, salt, iterations, wrapped],
  );
}
