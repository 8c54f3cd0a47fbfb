/**
 * One connection, from its Hello to its end. Nothing that a client sends gets past `received` as an exception: what it did
 * wrong ends this session, or is answered with a Reject, and nobody else notices. There are thousands of these and most are
 * idle, so a session keeps little and has no timers of its own.
 */
import {
  decodeClientFrame,
  encodeServerFrame,
  PROTOCOL_ERRORS,
  ProtocolError,
  type Hello,
  type ParsedClientFrame,
  type ProtocolErrorCode,
  type ServerFrameInit,
} from '@tributary/sync/protocol';
import { NORMAL_CLOSURE, PROTOCOL_VIOLATION, type Connection, type ConnectionHandler } from '@tributary/sync/transport';
import type { AccountChange } from '../accounts/account-changes.ts';
import { closeReason } from './close-reason.ts';
import { authorize } from './authorization.ts';
import { checkHello } from './handshake.ts';
import { Member, type MemberSession } from './member.ts';
import type { PushRejection } from './push-intake.ts';
import type { SessionServices } from './session-services.ts';
import { TokenBucket } from './token-bucket.ts';

/** Where a connection comes from, for the logs. */
export interface Peer {
  readonly address: string;
  readonly origin?: string;
}

export type SessionState = 'greeting' | 'joining' | 'catching-up' | 'live' | 'ended';

export interface SweepMoment {
  readonly uptimeMs: number;
  readonly now: number;
  /** An encoded Ping, the same for everybody. */
  readonly ping: Uint8Array;
}

const REJECTION_LOG_MS = 1_000;

export class Session implements ConnectionHandler, MemberSession {
  readonly id: string;
  readonly #services: SessionServices;
  readonly #connection: Connection;
  readonly #peer: Peer;
  readonly #frames: TokenBucket;
  #phase: 'greeting' | 'joining' | 'open' | 'ended' = 'greeting';
  /** When something was heard last. */
  #heardAtMs: number;
  #isPinged = false;
  #rejectionLoggedAtMs = -Infinity;
  /** Rights have changed while those of this person were looked up. */
  #isDoubtful = false;
  #member: Member | undefined;

  constructor(id: string, connection: Connection, peer: Peer, services: SessionServices) {
    this.id = id;
    this.#connection = connection;
    this.#peer = peer;
    this.#services = services;
    this.#heardAtMs = services.clock.uptimeMs();
    this.#frames = new TokenBucket(services.limits.frameRate, this.#heardAtMs);
  }

  get hasEnded(): boolean {
    return this.#phase === 'ended';
  }

  get state(): SessionState {
    if (this.#phase !== 'open') return this.#phase;
    return this.#member?.isLive ? 'live' : 'catching-up';
  }

  get isCongested(): boolean {
    return this.#connection.bufferedBytes > this.#services.limits.sendBufferBytes;
  }

  received(message: Uint8Array): void {
    if (this.hasEnded) return;
    this.#heardAtMs = this.#services.clock.uptimeMs();
    this.#isPinged = false;
    this.#services.counters.frames++;
    this.#services.counters.bytesReceived += message.length;
    try {
      this.#take(decodeClientFrame(message));
    } catch (error) {
      this.fail(error);
    }
  }

  closed(code: number, reason: string): void {
    if (!this.hasEnded) {
      if (code === PROTOCOL_ERRORS.frame_too_large.closeCode) this.#logRefusal('frame_too_large', reason);
      if (code === PROTOCOL_VIOLATION) this.#logRefusal('malformed_frame', reason);
    }
    this.#finish();
  }

  drained(): void {
    this.#member?.pump();
  }

  /** Called for every session once in a while; what is due is done. */
  sweep(moment: SweepMoment): void {
    const { helloTimeoutMs, heartbeatMs } = this.#services.limits;
    const silentMs = moment.uptimeMs - this.#heardAtMs;
    if (this.#phase === 'greeting' || this.#phase === 'joining') {
      if (silentMs > helloTimeoutMs) this.#giveUpWaiting();
    } else if (silentMs > 2 * heartbeatMs) {
      this.#hangUp('no answer');
    } else {
      if (silentMs > heartbeatMs && !this.#isPinged) {
        this.#isPinged = true;
        this.tell(moment.ping);
      }
      this.#member?.sweep(moment);
    }
  }

  /** Somebody’s rights have changed. Resolves when this session has none that are gone. */
  async recheck(change: AccountChange): Promise<void> {
    if (this.#phase === 'joining' && this.#member === undefined) this.#isDoubtful = true;
    else if (this.#member?.isMeantBy(change)) await this.#member.authorizeAgain();
  }

  /** Where somebody is in, or about to come in. */
  isIn(workspaceId: string): boolean {
    return this.#member?.workspaceId === workspaceId;
  }

  opened(): void {
    this.#phase = 'open';
    this.#services.logger.debug({ ...this.#names(), ...this.#member?.program() }, 'a session is open');
  }

  send(frame: ServerFrameInit): void {
    this.tell(encodeServerFrame(frame));
  }

  tell(frame: Uint8Array, options?: { readonly droppable: boolean }): void {
    if (this.hasEnded || (options?.droppable && this.isCongested)) return;
    if (this.#connection.bufferedBytes > this.#services.limits.maxBacklogBytes) {
      this.#hangUp('reads too slowly');
      return;
    }
    this.#services.counters.bytesSent += frame.length;
    this.#connection.send(frame);
  }

  reject({ code, message, toVersion, retryAfterMs }: PushRejection): void {
    if (this.hasEnded) return;
    this.#services.counters.refused(code);
    this.#logRejection(code, message);
    this.send({ case: 'reject', value: { code, message, toVersion: BigInt(toVersion), retryAfterMs } });
  }

  end(code: ProtocolErrorCode, message: string): void {
    if (this.hasEnded) return;
    if (code !== 'going_away') this.#logRefusal(code, message);
    this.#connection.close(PROTOCOL_ERRORS[code].closeCode ?? NORMAL_CLOSURE, closeReason(message));
    this.#finish();
  }

  /** Whatever went wrong while this session was served: nobody else is to notice. */
  fail(error: unknown): void {
    if (this.hasEnded) return;
    if (!(error instanceof ProtocolError)) {
      this.#services.logger.error({ ...this.#names(), err: error }, 'a session failed');
      this.end('internal', 'something failed on the relay');
    } else if (PROTOCOL_ERRORS[error.code].closeCode === null) {
      this.reject({ code: error.code, message: error.message, toVersion: 0, retryAfterMs: 0 });
    } else {
      this.end(error.code, error.message);
    }
  }

  #take(frame: ParsedClientFrame): void {
    if (this.#phase === 'open') {
      const waitMs = this.#frames.waitMs(this.#heardAtMs);
      if (waitMs === 0) this.#frames.take(1, this.#heardAtMs);
      this.#member?.take(frame, { nowMs: this.#heardAtMs, waitMs });
    } else if (this.#phase === 'joining') {
      throw new ProtocolError('malformed_frame', 'a frame came before Welcome was sent');
    } else if (frame.case === 'hello') {
      this.#phase = 'joining';
      this.#join(frame.value).catch((error: unknown) => this.fail(error));
    } else {
      throw new ProtocolError('malformed_frame', 'the first frame has to be Hello');
    }
  }

  async #join(message: Hello): Promise<void> {
    const hello = checkHello(message);
    const authorization = await authorize(this.#services, message.token, hello);
    if (this.hasEnded) return;
    const user = this.#services.users.connect(authorization.userId, this.#services.clock.uptimeMs());
    if (user === undefined) throw new ProtocolError('too_many_connections', 'this user has too many connections');
    const member = new Member({ session: this, services: this.#services, hello, authorization, user });
    this.#member = member;
    if (this.#isDoubtful) await member.authorizeAgain();
    await member.join();
  }

  #giveUpWaiting(): void {
    if (this.#phase === 'greeting') this.end('hello_timeout', 'no Hello came in time');
    else this.end('internal', 'it took too long to open the session');
  }

  /** Without a code that the client could act on: it is gone, or behaves as if it were. */
  #hangUp(reason: string): void {
    this.#services.logger.info(this.#names(), `hung up: ${reason}`);
    this.#connection.close(NORMAL_CLOSURE, reason);
    this.#finish();
  }

  #finish(): void {
    if (this.hasEnded) return;
    this.#phase = 'ended';
    this.#member?.leave();
    this.#services.ended(this);
  }

  /** Not each of a flood of them. */
  #logRejection(code: ProtocolErrorCode, message: string): void {
    const nowMs = this.#services.clock.uptimeMs();
    if (nowMs - this.#rejectionLoggedAtMs < REJECTION_LOG_MS) return;
    this.#rejectionLoggedAtMs = nowMs;
    this.#services.logger.info({ ...this.#names(), code }, message);
  }

  #logRefusal(code: ProtocolErrorCode, message: string): void {
    this.#services.counters.refused(code);
    this.#services.logger.info({ ...this.#names(), code }, message);
  }

  #names(): object {
    return { session: this.id, ...this.#peer, ...this.#member?.names() };
  }
}
