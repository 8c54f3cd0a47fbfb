import { and, asc, eq } from 'drizzle-orm';
import { settings } from '../schema/index.ts';
import { jsonField, wordField } from './field-rules.ts';
import { parseInput } from './input.ts';
import * as rule from './rule.ts';
import { withStorageErrors } from './storage-errors.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

/** The user id under which the settings of the whole workspace are kept. */
export const WORKSPACE_SETTINGS = '';

/** Any JSON value per member and key. */
export class SettingRepository {
  readonly #replica: WorkspaceReplica;

  constructor(replica: WorkspaceReplica) {
    this.#replica = replica;
  }

  /** `undefined` where nothing is set. */
  get(userId: string, key: string): unknown {
    return withStorageErrors('read settings', () => this.#find(checkedKey(userId, key)))?.value;
  }

  set(userId: string, key: string, value: unknown): void {
    const id = checkedKey(userId, key);
    const wanted = parseInput(rule.object({ value: jsonField }), { value }, 'a setting').value;
    withStorageErrors('write settings', () => this.#replica.transaction(() => this.#write(id, wanted)));
  }

  remove(userId: string, key: string): void {
    const id = checkedKey(userId, key);
    withStorageErrors('write settings', () => this.#replica.db.delete(settings).where(matching(id)).run());
  }

  /** By key, in alphabetical order. */
  all(userId: string): Readonly<Record<string, unknown>> {
    const owner = parseInput(ownerField, userId, 'the user id');
    const rows = withStorageErrors('read settings', () =>
      this.#replica.db.select().from(settings).where(eq(settings.userId, owner)).orderBy(asc(settings.key)).all(),
    );
    return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  }

  #find(id: SettingKey) {
    return this.#replica.db.select().from(settings).where(matching(id)).get();
  }

  #write(id: SettingKey, value: unknown): void {
    const { db } = this.#replica;
    const now = this.#replica.now();
    const current = this.#find(id);
    if (!current) {
      db.insert(settings)
        .values({ ...id, value, createdAt: now, updatedAt: now })
        .run();
    } else if (JSON.stringify(current.value) !== JSON.stringify(value)) {
      db.update(settings).set({ value, updatedAt: now }).where(matching(id)).run();
    }
  }
}

const ownerField = rule.text({ max: 200 });

const settingKey = rule.object({ userId: ownerField, key: wordField });

type SettingKey = rule.ValueOf<typeof settingKey>;

function checkedKey(userId: string, key: string): SettingKey {
  return parseInput(settingKey, { userId, key }, 'the key of a setting');
}

function matching({ userId, key }: SettingKey) {
  return and(eq(settings.userId, userId), eq(settings.key, key));
}
