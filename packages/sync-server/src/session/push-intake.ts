/** What one session pushes: refused, kept until its version is complete, or on its way to the disk. */
import {
  decodeBatch,
  ProtocolError,
  readBatchHeader,
  type BatchPreview,
  type ProtocolErrorCode,
} from '@tributary/sync/protocol';
import type { Quota } from '../auth/gate.ts';
import type { Role } from '../auth/identity.ts';
import type { Clock } from '../clock.ts';
import type { RelayLimits } from '../limits.ts';
import type { PushAuthor, PushToStore } from '../room/room-member.ts';
import type { Room } from '../room/room.ts';
import type { BatchCheck } from './batch-check.ts';
import type { MemoryBudget } from './memory-budget.ts';
import type { User } from './users.ts';
import { VersionAssembly, type CheckedFragment, type FragmentPlace } from './version-assembly.ts';
import { VersionChain } from './version-chain.ts';

export interface PushIntakeOptions {
  readonly author: PushAuthor & { readonly role: Role; readonly quota: Quota };
  readonly room: Room;
  readonly user: User;
  readonly services: PushServices;
}

export interface PushServices {
  readonly batchCheck: BatchCheck;
  readonly pendingBytes: MemoryBudget;
  readonly limits: RelayLimits;
  readonly clock: Clock;
}

/** What the client is told of a push that was not taken; the session goes on. */
export interface PushRejection {
  readonly code: ProtocolErrorCode;
  readonly message: string;
  readonly toVersion: number;
  readonly retryAfterMs: number;
}

export class PushIntake {
  readonly #options: PushIntakeOptions;
  readonly #chain = new VersionChain();
  readonly #assembly = new VersionAssembly();
  /** Pushes on their way to the disk. */
  #waiting = 0;

  constructor(options: PushIntakeOptions) {
    this.#options = options;
  }

  get isWaiting(): boolean {
    return this.#waiting > 0;
  }

  /** Throws a ProtocolError for what ends the session. `frameWaitMs`: how long the connection has to wait for its rate. */
  take(payload: Uint8Array, frameWaitMs: number): PushRejection | undefined {
    const header = readBatchHeader(payload);
    const place = this.#assembly.place(header);
    if (place === 'passed over') return undefined;
    const refusal = this.#refusalOf(header, place, frameWaitMs);
    if (refusal !== undefined) return this.#refuse(header, refusal);
    const fragment = this.#check(header, payload);
    this.#charge(fragment);
    return this.#keep(header, fragment, place);
  }

  /** It could not be stored, and neither may what was pushed after it. */
  failed({ prevVersion, toVersion, refill, bytes }: PushToStore): PushRejection {
    this.#waiting--;
    this.#release(bytes);
    if (!refill) this.#chain.undone(prevVersion);
    return { ...this.#busy('the log cannot be written'), toVersion };
  }

  stored({ bytes }: PushToStore): void {
    this.#waiting--;
    this.#release(bytes);
  }

  /** Gives up what is incomplete. */
  close(): void {
    this.#release(this.#assembly.bytes);
  }

  #refusalOf(header: BatchPreview, place: FragmentPlace, frameWaitMs: number): Refusal | undefined {
    const { author, room } = this.#options;
    if (author.role === 'viewer') return { code: 'read_only', message: 'a viewer may not change the workspace' };
    // A version that was let in is not stopped half-way: it would begin again for ever.
    if (place === 'next') return undefined;
    if (header.refill && !room.refills.has(author)) return this.#busy('it is not your turn to refill the log');
    // What a log has lost is no growth.
    const overQuota = header.refill ? undefined : author.quota.refusal();
    if (overQuota !== undefined) return { code: 'over_quota', message: overQuota };
    const waitMs = Math.max(frameWaitMs, this.#rateWaitMs());
    if (waitMs > 0) return { code: 'rate_limited', message: 'too much in too short a time', retryAfterMs: waitMs };
    if (header.refill || this.#chain.follows(header.prevVersion)) return undefined;
    return { code: 'version_hole', message: `no push before it ended at version ${header.prevVersion}` };
  }

  #rateWaitMs(): number {
    const { user, services } = this.#options;
    const nowMs = services.clock.uptimeMs();
    return Math.max(user.bytes.waitMs(nowMs), user.changes.waitMs(nowMs));
  }

  #refuse(header: BatchPreview, { code, message, retryAfterMs = 0 }: Refusal): PushRejection {
    this.#release(this.#assembly.bytes);
    this.#assembly.refuse(header);
    if (!header.refill) this.#chain.refused(header.prevVersion);
    return { code, message, toVersion: header.toVersion, retryAfterMs };
  }

  #check(header: BatchPreview, payload: Uint8Array): CheckedFragment {
    const { author, room, services } = this.#options;
    const { maxChangesPerBatch } = services.limits;
    const { changeCount } = header;
    if (changeCount > maxChangesPerBatch) {
      throw new ProtocolError('change_refused', `a batch has ${changeCount} changes, more than ${maxChangesPerBatch}`);
    }
    const unknownNames = services.batchCheck.check(decodeBatch(payload, author.siteId), room);
    for (const name of unknownNames) room.unknownNames.add(name);
    return { payload, changeCount, unknownNames };
  }

  #charge({ payload, changeCount }: CheckedFragment): void {
    const { user, services } = this.#options;
    const nowMs = services.clock.uptimeMs();
    user.bytes.take(payload.length, nowMs);
    user.changes.take(changeCount, nowMs);
  }

  #keep(header: BatchPreview, fragment: CheckedFragment, place: FragmentPlace): PushRejection | undefined {
    const { maxVersionBytes } = this.#options.services.limits;
    const bytes = fragment.payload.length;
    if (this.#assembly.bytes + bytes > maxVersionBytes) {
      throw new ProtocolError('change_refused', `a version is larger than ${maxVersionBytes} bytes`);
    }
    if (!this.#options.services.pendingBytes.take(bytes)) {
      return this.#refuse(header, this.#busy('too much is waiting to be stored'));
    }
    if (place === 'whole') {
      this.#submit(header, { ...fragment, payloads: [fragment.payload], bytes });
      return undefined;
    }
    const version = this.#assembly.add(header, fragment);
    if (version !== undefined) this.#submit(header, { ...version, unknownNames: [...version.unknownNames] });
    return undefined;
  }

  #submit({ prevVersion, toVersion, refill }: BatchPreview, complete: CompleteVersion): void {
    const { author, room } = this.#options;
    const { payloads, unknownNames, changeCount, bytes } = complete;
    if (!refill) this.#chain.accepted(toVersion);
    const { siteId } = author;
    this.#waiting++;
    room.append(author, { siteId, prevVersion, toVersion, refill, payloads, unknownNames, changeCount, bytes });
  }

  #busy(message: string): Refusal & { readonly retryAfterMs: number } {
    return { code: 'busy', message, retryAfterMs: this.#options.services.limits.busyRetryMs };
  }

  #release(bytes: number): void {
    this.#options.services.pendingBytes.release(bytes);
  }
}

interface Refusal {
  readonly code: ProtocolErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

type CompleteVersion = Pick<PushToStore, 'payloads' | 'unknownNames' | 'changeCount' | 'bytes'>;
