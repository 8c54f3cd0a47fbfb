/** What the connections of one user share: how many there are, and the rates of what they push. */
import type { RelayLimits } from '../limits.ts';
import { TokenBucket } from './token-bucket.ts';

export class User {
  readonly bytes: TokenBucket;
  readonly changes: TokenBucket;
  connections = 0;

  constructor(limits: RelayLimits, nowMs: number) {
    this.bytes = new TokenBucket(limits.userByteRate, nowMs);
    this.changes = new TokenBucket(limits.userChangeRate, nowMs);
  }
}

export class Users {
  readonly #limits: RelayLimits;
  readonly #users = new Map<string, User>();

  constructor(limits: RelayLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#users.size;
  }

  /** Undefined where the user has as many connections as the limit allows; otherwise one more is counted. */
  connect(userId: string, nowMs: number): User | undefined {
    let user = this.#users.get(userId);
    if (user === undefined) {
      user = new User(this.#limits, nowMs);
      this.#users.set(userId, user);
    }
    if (user.connections >= this.#limits.maxConnectionsPerUser) return undefined;
    user.connections++;
    return user;
  }

  /** Forgets users who are gone and owe nothing: connecting again must not give a fresh start. */
  sweep(nowMs: number): void {
    for (const [userId, user] of this.#users) {
      const owesNothing = user.bytes.isFull(nowMs) && user.changes.isFull(nowMs);
      if (user.connections === 0 && owesNothing) this.#users.delete(userId);
    }
  }
}
