/** A session from the moment its client is known: what it says in its room, and what it gets from there. */
import {
  encodeServerFrame,
  MAX_PRESENCE_BYTES,
  ProtocolError,
  type ParsedClientFrame,
  type ProtocolErrorCode,
  type ServerFrameInit,
} from '@tributary/sync/protocol';
import type { AccountChange } from '../accounts/account-changes.ts';
import type { Quota } from '../auth/gate.ts';
import type { Role } from '../auth/identity.ts';
import type { Delivery } from '../room/delivery.ts';
import type { Admission, PushAuthor, PushToStore } from '../room/room-member.ts';
import type { Room } from '../room/room.ts';
import { EntryStream, type StreamReader } from './entry-stream.ts';
import { authorize, authorizeAgain, type Authorization } from './authorization.ts';
import type { CheckedHello } from './handshake.ts';
import { PushIntake, type PushRejection } from './push-intake.ts';
import type { SessionServices } from './session-services.ts';
import { TokenBucket } from './token-bucket.ts';
import type { User } from './users.ts';
import { welcomeFrame } from './welcome.ts';

/** What a member needs of its session. */
export interface MemberSession {
  readonly id: string;
  readonly hasEnded: boolean;
  readonly isCongested: boolean;
  /** The member is in its room. */
  opened(): void;
  send(frame: ServerFrameInit): void;
  tell(frame: Uint8Array, options?: { readonly droppable: boolean }): void;
  reject(rejection: PushRejection): void;
  end(code: ProtocolErrorCode, message: string): void;
  fail(error: unknown): void;
}

export interface MemberOptions {
  readonly session: MemberSession;
  readonly services: SessionServices;
  readonly hello: CheckedHello;
  readonly authorization: Authorization;
  readonly user: User;
}

/** When a frame came, and how long it would have to wait for the rate of its connection. */
export interface Arrival {
  readonly nowMs: number;
  readonly waitMs: number;
}

const REFILL = encodeServerFrame({ case: 'refill', value: {} });

export class Member implements PushAuthor, StreamReader {
  readonly #session: MemberSession;
  readonly #services: SessionServices;
  readonly #hello: CheckedHello;
  readonly #user: User;
  #authorization: Authorization;
  #room: Room | undefined;
  #stream: EntryStream | undefined;
  #intake: PushIntake | undefined;
  #presences: TokenBucket | undefined;
  #rejections: PushRejection[] | undefined;
  #isRenewing = false;
  #mayRefill = false;
  #isOverQuota = false;
  #refillActiveMs = 0;

  constructor({ session, services, hello, authorization, user }: MemberOptions) {
    this.#session = session;
    this.#services = services;
    this.#hello = hello;
    this.#authorization = authorization;
    this.#user = user;
  }

  get sessionId(): string {
    return this.#session.id;
  }

  get siteId(): Uint8Array {
    return this.#hello.siteId;
  }

  get siteKey(): string {
    return this.#hello.siteKey;
  }

  get userId(): string {
    return this.#authorization.userId;
  }

  get role(): Role {
    return this.#authorization.role;
  }

  get quota(): Quota {
    return this.#authorization.quota;
  }

  get workspaceId(): string {
    return this.#hello.workspaceId;
  }

  get isLive(): boolean {
    return this.#stream?.isLive ?? false;
  }

  get hasEnded(): boolean {
    return this.#session.hasEnded;
  }

  get isCongested(): boolean {
    return this.#session.isCongested;
  }

  async join(): Promise<void> {
    const room = await this.#services.rooms.enter(this.#hello.workspaceId);
    if (this.hasEnded) {
      room.release();
      return;
    }
    this.#room = room;
    await room.admit(this, this.#hello);
  }

  isMeantBy({ userId = this.userId, workspaceId = this.workspaceId }: AccountChange): boolean {
    return userId === this.userId && workspaceId === this.workspaceId;
  }

  /** Whoever may do something else by now connects again, and is told what. */
  async authorizeAgain(): Promise<void> {
    try {
      const { identity } = this.#authorization;
      const renewed = await authorizeAgain(this.#services, identity, this.#hello);
      const mayPushAgain = this.#isOverQuota && renewed.quota.refusal() === undefined;
      if (renewed.role === this.role && !mayPushAgain) this.#authorization = renewed;
      else
        this.end(
          'access_changed',
          mayPushAgain ? 'the workspace may be changed again' : `the role is ${renewed.role} now`,
        );
    } catch (error) {
      this.fail(error);
    }
  }

  leave(): void {
    this.#user.connections--;
    this.#intake?.close();
    this.#room?.leave(this);
    this.#room?.release();
  }

  take(frame: ParsedClientFrame, { nowMs, waitMs }: Arrival): void {
    switch (frame.case) {
      case 'hello':
        throw new ProtocolError('malformed_frame', 'a second Hello');
      case 'push':
        this.#push(frame.value.batch, { nowMs, waitMs });
        break;
      case 'renew':
        this.#renew(frame.value.token, waitMs).catch((error: unknown) => this.fail(error));
        break;
      case 'refilled':
        this.#room?.refills.leave(this);
        break;
      case 'received':
        this.#stream?.answered(Number(frame.value.seq));
        break;
      case 'presence':
        this.#showPresence(frame.value.state, { nowMs, waitMs });
        break;
      case 'ping':
        if (waitMs === 0) this.#answer(frame.value.id);
        break;
      case 'pong':
        break;
    }
  }

  sweep({ uptimeMs, now }: { readonly uptimeMs: number; readonly now: number }): void {
    const { tokenToleranceMs, refillPauseMs } = this.#services.limits;
    if (now > this.#authorization.expiresAt + tokenToleranceMs) {
      this.end('token_expired', 'the token expired and no fresh one came');
      return;
    }
    if (uptimeMs - this.#refillActiveMs > refillPauseMs) this.#room?.refills.passOn(this);
    this.pump();
  }

  pump(): void {
    this.#stream?.pump();
  }

  admitted(admission: Admission): void {
    if (this.#room === undefined) return;
    this.#mayRefill = admission.mayRefill;
    this.#intake = new PushIntake({ author: this, room: this.#room, user: this.#user, services: this.#services });
    const { clock, limits } = this.#services;
    this.#stream = new EntryStream({ room: this.#room, reader: this, clock, limits, cursor: admission.cursor });
    this.#session.opened();
    this.#session.send(welcomeFrame(admission, { member: this, hello: this.#hello, services: this.#services }));
    this.#stream.pump();
  }

  committed(delivery: Delivery): void {
    try {
      this.#stream?.committed(delivery);
      this.#rejectInTurn();
    } catch (error) {
      this.fail(error);
    }
  }

  caughtUp(): void {
    if (this.#mayRefill && this.role !== 'viewer') this.#room?.refills.join(this);
    this.#mayRefill = false;
  }

  fellBehind(): void {
    this.#services.counters.cutOvers++;
  }

  takeRefillTurn(): void {
    this.#refillActiveMs = this.#services.clock.uptimeMs();
    this.tell(REFILL);
  }

  pushStored(push: PushToStore): void {
    const { counters } = this.#services;
    counters.pushesStored++;
    counters.changesStored += push.changeCount;
    counters.batchBytesStored += push.bytes;
    this.quota.stored(push.bytes);
    this.#intake?.stored(push);
  }

  pushFailed(push: PushToStore): void {
    const rejection = this.#intake?.failed(push);
    if (rejection !== undefined) this.#session.reject(rejection);
    this.#rejectInTurn();
  }

  tell(frame: Uint8Array, options?: { readonly droppable: boolean }): void {
    this.#session.tell(frame, options);
  }

  end(code: ProtocolErrorCode, message: string): void {
    this.#session.end(code, message);
  }

  fail(error: unknown): void {
    this.#session.fail(error);
  }

  /** What the client runs, for the logs. */
  program(): object {
    return { client: this.#hello.client, schemaVersion: this.#hello.schemaVersion };
  }

  /** Who it is, for the logs. */
  names(): object {
    return { workspace: this.#hello.workspaceId, user: this.userId, site: this.siteKey };
  }

  #push(batch: Uint8Array, { nowMs, waitMs }: Arrival): void {
    this.#refillActiveMs = nowMs;
    const rejection = this.#intake?.take(batch, waitMs);
    if (rejection === undefined) return;
    this.#isOverQuota ||= rejection.code === 'over_quota';
    (this.#rejections ??= []).push(rejection);
    this.#rejectInTurn();
  }

  /** Answers come in the order of the pushes, so a Reject waits for the Acks of what was pushed before it. */
  #rejectInTurn(): void {
    if (this.#rejections === undefined || this.#intake?.isWaiting) return;
    const rejections = this.#rejections;
    this.#rejections = undefined;
    for (const rejection of rejections) this.#session.reject(rejection);
  }

  async #renew(token: string, waitMs: number): Promise<void> {
    if (waitMs > 0) throw new ProtocolError('rate_limited', 'too many frames');
    if (this.#isRenewing) throw new ProtocolError('busy', 'another token is being checked');
    this.#isRenewing = true;
    try {
      const renewed = await authorize(this.#services, token, this.#hello);
      if (renewed.userId !== this.userId) throw new ProtocolError('unauthenticated', 'the token is of another user');
      this.#authorization = renewed;
      if (renewed.role === 'viewer') this.#room?.refills.leave(this);
    } finally {
      this.#isRenewing = false;
    }
  }

  #showPresence(state: Uint8Array, { nowMs, waitMs }: Arrival): void {
    if (state.length > MAX_PRESENCE_BYTES) {
      throw new ProtocolError(
        'malformed_frame',
        `a presence of ${state.length} bytes, more than ${MAX_PRESENCE_BYTES}`,
      );
    }
    this.#presences ??= new TokenBucket(this.#services.limits.presenceRate, nowMs);
    if (waitMs > 0 || this.#presences.waitMs(nowMs) > 0) {
      this.#services.counters.presencesDropped++;
      return;
    }
    this.#presences.take(1, nowMs);
    const { sessionId, siteId, userId } = this;
    this.#room?.showPresence(
      this,
      encodeServerFrame({ case: 'presence', value: { sessionId, siteId, userId, state } }),
    );
  }

  #answer(pingId: number): void {
    this.#session.send({ case: 'pong', value: { id: pingId, head: BigInt(this.#room?.head ?? 0) } });
  }
}
