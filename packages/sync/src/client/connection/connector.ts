/**
 * Keeps a session with the relay for as long as it is wanted: connects, says Hello, tries again when it is lost, renews the
 * token. What is decided is in sync-state; what a session is for is its owner's business.
 */
import { errorOfClose, PROTOCOL_ERRORS, type ClientFrameInit, type ParsedServerFrame } from '../../protocol/index.ts';
import type { Connect } from '../../transport/connection.ts';
import type { Clock } from '../clock.ts';
import type { Backoff } from './backoff.ts';
import { Session } from './session.ts';
import { transition, type SyncEffect, type SyncEvent, type SyncState } from './sync-state.ts';
import type { TokenSource } from './token-source.ts';

export interface ConnectorOwner {
  /** The first frame of a session. */
  hello(token: string): ClientFrameInit;
  received(frame: ParsedServerFrame): void;
  /** Own edits may be sent now. */
  ready(): void;
  /** The session is over; what it had not finished is to be forgotten. */
  ended(): void;
  /** It was lost, or is refused until somebody does something. */
  failed(event: 'lost' | 'refused', reason: string): void;
  /** Another replica with the same site id has taken the place of this one. */
  replaced(): void;
  /** Another account has synced with this database before. */
  siteTaken(): void;
  /** Something pushed cannot be stored as it is. */
  pushRefused(reason: string): void;
  changed(): void;
}

export interface ConnectorOptions {
  readonly url: string;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly tokens: TokenSource;
  readonly backoff: Backoff;
  readonly owner: ConnectorOwner;
}

const LONG_RETRY_MS = 5 * 60_000;

export class Connector {
  readonly #options: ConnectorOptions;
  readonly #owner: ConnectorOwner;
  #state: SyncState = 'stopped';
  #session: Session | undefined;
  #token = '';
  #latencyMs: number | undefined;
  #cancelRetry: (() => void) | undefined;
  /** Changes with each attempt, so that what belongs to an earlier one is recognised. */
  #attempt = 0;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#owner = options.owner;
  }

  get state(): SyncState {
    return this.#state;
  }

  get isOpen(): boolean {
    return this.#state === 'live' || this.#state === 'catchingUp';
  }

  /** Of the last Ping of this session. */
  get latencyMs(): number | undefined {
    return this.#latencyMs;
  }

  start(): void {
    this.#handle('start');
  }

  stop(): void {
    this.#handle('stop');
  }

  caughtUp(): void {
    this.#handle('caughtUp');
  }

  /** The relay has taken Hello. */
  welcomed(heartbeatMs: number): void {
    this.#session?.welcomed(heartbeatMs);
    this.#watchToken();
    this.#handle('welcomed');
  }

  /** Ends the session: it is tried again after a while, or when somebody has done something about the reason. */
  fail(event: 'lost' | 'refused', reason: string): void {
    this.#handle(event);
    this.#owner.failed(event, reason);
  }

  send(frame: ClientFrameInit): void {
    this.#session?.send(frame);
  }

  /** The answer is a Pong with the id that is returned; undefined where there is nobody to ask. */
  ping(): number | undefined {
    return this.#state === 'live' ? this.#session?.ping() : undefined;
  }

  /** Uses the token that there is now; nothing that is on its way is lost. */
  renewToken(): void {
    if (this.isOpen) void this.#renew();
    else if (this.#state === 'blocked' || this.#state === 'waiting') this.start();
  }

  #handle(event: SyncEvent): void {
    const { state, effects } = transition(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    this.#owner.changed();
  }

  #perform(effect: SyncEffect): void {
    const { clock, backoff } = this.#options;
    switch (effect) {
      case 'connect':
        void this.#connect();
        break;
      case 'sendHello':
        this.send(this.#owner.hello(this.#token));
        break;
      case 'disconnect':
        this.#disconnect();
        break;
      case 'scheduleRetry':
        this.#cancelRetry = clock.setTimeout(() => this.#handle('retry'), backoff.nextDelayMs());
        break;
      case 'scheduleLongRetry':
        this.#cancelRetry = clock.setTimeout(() => this.#handle('retry'), LONG_RETRY_MS);
        break;
      case 'cancelRetry':
        this.#cancelRetry?.();
        break;
      case 'resetBackoff':
        backoff.reset();
        break;
      case 'push':
        this.#owner.ready();
        break;
    }
  }

  async #connect(): Promise<void> {
    const { tokens } = this.#options;
    const attempt = ++this.#attempt;
    try {
      this.#token = await tokens.get();
    } catch (error) {
      if (attempt === this.#attempt) this.fail('lost', `there is no token: ${(error as Error).message}`);
      return;
    }
    if (attempt !== this.#attempt) return;
    this.#openSession();
  }

  #openSession(): void {
    const { url, connect, clock } = this.#options;
    this.#session = new Session(url, connect, clock, {
      opened: () => this.#handle('opened'),
      received: (frame) => this.#owner.received(frame),
      measured: (latencyMs) => {
        this.#latencyMs = latencyMs;
        this.#owner.changed();
      },
      ended: (closeCode, reason) => this.#ended(closeCode, reason),
    });
  }

  #disconnect(): void {
    this.#attempt++;
    this.#session?.close('done');
    this.#session = undefined;
    this.#latencyMs = undefined;
    this.#options.tokens.stop();
    this.#owner.ended();
  }

  #ended(closeCode: number, reason: string): void {
    const error = errorOfClose(closeCode);
    if (error === 'change_refused' || error === 'frame_too_large') {
      // What was pushed cannot be stored as it is; what others do can still be seen.
      this.fail('lost', reason);
      this.#owner.pushRefused(reason);
      return;
    }
    const remedy = error === undefined ? 'reconnect' : PROTOCOL_ERRORS[error].remedy;
    if (error === 'site_taken') this.#owner.siteTaken();
    else if (remedy === 'rotate') this.#owner.replaced();
    else if (remedy === 'stop') this.fail('refused', reason);
    else if (remedy === 'renew') this.fail(this.#options.tokens.isRenewable ? 'lost' : 'refused', reason);
    else this.fail('lost', reason);
  }

  async #renew(): Promise<void> {
    const attempt = this.#attempt;
    try {
      const token = await this.#options.tokens.get();
      if (attempt !== this.#attempt) return;
      this.#token = token;
      this.send({ case: 'renew', value: { token } });
      this.#watchToken();
    } catch {
      // The old one is good for a while yet; when it ends, connecting again asks for another.
    }
  }

  #watchToken(): void {
    this.#options.tokens.watch(this.#token, () => void this.#renew());
  }
}
