/**
 * Remembers what was answered to each mutation, in the transaction of the mutation itself: sent again, because the leader
 * died before its answer arrived, it is answered again and not done again.
 *
 * A record may go when its answer cannot be asked for any more. A tab says of which mutations it has the answers, with its
 * next one. What is left is that of tabs that are gone, and time goes by edits for them: a mutation is refused once an edit
 * was made that is a day younger, and a record is kept until one is made that is a week younger. So an edit that was left
 * before a long holiday is made after it, and no clock that is set wrong by less than six days lets one be done twice.
 */
import type { AnyReplica, Statement } from '@tributary/database';
import { TabsError } from '../errors.ts';
import type { MutationAnswer } from '../messages.ts';

const DAY_MS = 24 * 60 * 60_000;
const ASKED_AGAIN_WITHIN_MS = DAY_MS;
const KEPT_MS = 7 * DAY_MS;

export class MutationLog {
  readonly #now: () => number;
  readonly #find: Statement;
  readonly #youngest: Statement;
  readonly #add: Statement;
  readonly #remove: Statement;

  constructor({ sqlite }: AnyReplica, now: () => number) {
    this.#now = now;
    this.#find = sqlite.prepare('SELECT result FROM tab_mutations WHERE id = ?').pluck();
    this.#youngest = sqlite.prepare('SELECT max(applied_at) FROM tab_mutations').pluck();
    this.#add = sqlite.prepare('INSERT INTO tab_mutations (id, result, applied_at) VALUES (?, ?, ?)');
    this.#remove = sqlite.prepare('DELETE FROM tab_mutations WHERE id = ?');
    const prune = sqlite.prepare('DELETE FROM tab_mutations WHERE applied_at < ?');
    const youngest = this.#youngest.get();
    if (typeof youngest === 'number') prune.run(Math.min(youngest, now()) - KEPT_MS);
  }

  /** Undefined for one that was never applied; throws `fate_unknown` where that can no longer be told. */
  find(id: string, createdAt: number): MutationAnswer | undefined {
    const found = this.#find.get(id);
    if (typeof found === 'string') return JSON.parse(found) as MutationAnswer;
    if (this.#isRemembered(createdAt)) return undefined;
    throw new TabsError('fate_unknown', `the edit ${id} is too old to be made now, and may have been made before`);
  }

  /** Inside the mutation's transaction. Returns the answer as it will be read. */
  record(id: string, createdAt: number, answer: MutationAnswer): MutationAnswer {
    const text = JSON.stringify(answer);
    this.#add.run(id, text, createdAt);
    return JSON.parse(text) as MutationAnswer;
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#remove.run(id);
  }

  /** Whether there would be a record of a mutation of that time. */
  #isRemembered(createdAt: number): boolean {
    if (createdAt >= this.#now() - ASKED_AGAIN_WITHIN_MS) return true;
    const youngest = this.#youngest.get();
    return typeof youngest !== 'number' || createdAt >= youngest - ASKED_AGAIN_WITHIN_MS;
  }
}
