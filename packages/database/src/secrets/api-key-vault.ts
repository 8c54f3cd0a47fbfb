/** The API keys of one account, in clear for whoever has its secret, and for nobody else: rows hold ciphertext. */
import { DatabaseError } from '../errors.ts';
import type { ApiKey, ApiKeyRepository } from '../repositories/api-key-repository.ts';
import type { AccountSecret } from './account-secret.ts';
import { decryptApiKey, encryptApiKey, hintOf } from './api-key-cipher.ts';

export interface ApiKeyVaultOptions {
  readonly apiKeys: ApiKeyRepository;
  readonly userId: string;
  readonly secret: AccountSecret;
}

export class ApiKeyVault {
  readonly #apiKeys: ApiKeyRepository;
  readonly #userId: string;
  readonly #secret: AccountSecret;

  constructor({ apiKeys, userId, secret }: ApiKeyVaultOptions) {
    this.#apiKeys = apiKeys;
    this.#userId = userId;
    this.#secret = secret;
  }

  /** In place of the one before. The same key again writes nothing. */
  async store(provider: string, key: string): Promise<void> {
    const owner = { userId: this.#userId, provider: provider.trim() };
    const known = this.#apiKeys.get(owner.userId, owner.provider);
    if (known !== undefined && (await this.#isOf(known, key))) return;
    const ciphertext = await encryptApiKey(this.#secret, owner, key);
    this.#apiKeys.set({ ...owner, ciphertext, hint: hintOf(key) });
  }

  /** Undefined where there is none; throws `api_key_unreadable` for one of another secret. */
  async reveal(provider: string): Promise<string | undefined> {
    const row = this.#apiKeys.get(this.#userId, provider);
    return row && decryptApiKey(this.#secret, row, row.ciphertext);
  }

  /** One that cannot be read is none. */
  async #isOf(row: ApiKey, key: string): Promise<boolean> {
    try {
      return (await decryptApiKey(this.#secret, row, row.ciphertext)) === key;
    } catch (error) {
      if (error instanceof DatabaseError && error.code === 'api_key_unreadable') return false;
      throw error;
    }
  }
}
