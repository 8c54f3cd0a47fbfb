import { and, asc, eq, isNull } from 'drizzle-orm';
import { apiKeys } from '../schema/index.ts';
import { contentField, idField, wordField } from './field-rules.ts';
import { parseInput } from './input.ts';
import type { Row } from './repository.ts';
import * as rule from './rule.ts';
import { withStorageErrors } from './storage-errors.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type ApiKey = Row<typeof apiKeys>;

export interface NewApiKey {
  readonly userId: string;
  readonly provider: string;
  readonly ciphertext: string;
  /** The last characters in clear. */
  readonly hint?: string;
}

/** Members' keys of AI providers. It never sees a key in clear: callers encrypt before and decrypt after. */
export class ApiKeyRepository {
  readonly #replica: WorkspaceReplica;

  constructor(replica: WorkspaceReplica) {
    this.#replica = replica;
  }

  get(userId: string, provider: string): ApiKey | undefined {
    const id = checkedKey(userId, provider);
    const row = withStorageErrors('read API keys', () => this.#find(id));
    return row?.deletedAt === null ? row : undefined;
  }

  list(userId: string): ApiKey[] {
    const owner = parseInput(idField, userId, 'the user id');
    return withStorageErrors('read API keys', () =>
      this.#replica.db
        .select()
        .from(apiKeys)
        .where(and(eq(apiKeys.userId, owner), isNull(apiKeys.deletedAt)))
        .orderBy(asc(apiKeys.provider))
        .all(),
    );
  }

  /** Replaces the member's key of that provider. */
  set(key: NewApiKey): void {
    const wanted = parseInput(newKey, key, 'an API key');
    withStorageErrors('write API keys', () => this.#replica.transaction(() => this.#write(wanted)));
  }

  /** For good, not into the trash: a key that somebody revokes should be gone. */
  remove(userId: string, provider: string): void {
    const id = checkedKey(userId, provider);
    withStorageErrors('write API keys', () => this.#replica.db.delete(apiKeys).where(matching(id)).run());
  }

  #find(id: ApiKeyId) {
    return this.#replica.db.select().from(apiKeys).where(matching(id)).get();
  }

  #write({ userId, provider, ciphertext, hint }: rule.ValueOf<typeof newKey>): void {
    const { db } = this.#replica;
    const now = this.#replica.now();
    const id = { userId, provider };
    const current = this.#find(id);
    if (!current) {
      db.insert(apiKeys)
        .values({ ...id, ciphertext, hint, createdAt: now, updatedAt: now })
        .run();
    } else if (current.ciphertext !== ciphertext || current.hint !== hint || current.deletedAt !== null) {
      db.update(apiKeys).set({ ciphertext, hint, updatedAt: now, deletedAt: null }).where(matching(id)).run();
    }
  }
}

const idFields = { userId: idField, provider: wordField };

const keyId = rule.object(idFields);

const newKey = rule.object({
  ...idFields,
  ciphertext: contentField,
  hint: rule.withDefault(rule.text({ max: 16 }), ''),
});

type ApiKeyId = rule.ValueOf<typeof keyId>;

function checkedKey(userId: string, provider: string): ApiKeyId {
  return parseInput(keyId, { userId, provider }, 'the key of an API key');
}

function matching({ userId, provider }: ApiKeyId) {
  return and(eq(apiKeys.userId, userId), eq(apiKeys.provider, provider));
}
