/** One connection to the relay, from the client's side: frames instead of bytes, and a heartbeat. */
import {
  decodeServerFrame,
  encodeClientFrame,
  PROTOCOL_ERRORS,
  ProtocolError,
  type ClientFrameInit,
  type ParsedServerFrame,
} from '../../protocol/index.ts';
import { CONNECTION_LOST, NORMAL_CLOSURE, type Connect, type Connection } from '../../transport/connection.ts';
import type { Clock } from '../clock.ts';
import { Heartbeat } from './heartbeat.ts';

export interface SessionHandler {
  opened(): void;
  received(frame: ParsedServerFrame): void;
  measured(latencyMs: number): void;
  /** Not called for a session that was closed here. */
  ended(closeCode: number, reason: string): void;
}

/** From the first attempt to reach the relay to its Welcome. */
const HANDSHAKE_TIMEOUT_MS = 15_000;

export class Session {
  readonly #connection: Connection;
  readonly #heartbeat: Heartbeat;
  readonly #handler: SessionHandler;
  readonly #cancelTimeout: () => void;
  #isOver = false;

  constructor(url: string, connect: Connect, clock: Clock, handler: SessionHandler) {
    this.#handler = handler;
    this.#heartbeat = new Heartbeat(clock, {
      ping: (id) => this.send({ case: 'ping', value: { id } }),
      dead: () => this.#end(CONNECTION_LOST, 'the relay no longer answers'),
    });
    this.#cancelTimeout = clock.setTimeout(
      () => this.#end(CONNECTION_LOST, 'the relay cannot be reached'),
      HANDSHAKE_TIMEOUT_MS,
    );
    this.#connection = connect(url, {
      opened: () => {
        if (!this.#isOver) handler.opened();
      },
      received: (message) => this.#received(message),
      closed: (code, reason) => this.#end(code, reason),
    });
  }

  send(frame: ClientFrameInit): void {
    if (!this.#isOver) this.#connection.send(encodeClientFrame(frame));
  }

  /** The relay has taken Hello, and says how often it wants to hear something. */
  welcomed(intervalMs: number): void {
    this.#cancelTimeout();
    this.#heartbeat.start(intervalMs);
  }

  /** Asks the relay where its log ends; the answer is a Pong with this id. */
  ping(): number {
    return this.#heartbeat.ping();
  }

  close(reason: string): void {
    if (this.#isOver) return;
    this.#stop(reason);
  }

  #received(message: Uint8Array): void {
    if (this.#isOver) return;
    this.#heartbeat.heard();
    try {
      this.#dispatch(decodeServerFrame(message));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#end(PROTOCOL_ERRORS[error.code].closeCode ?? NORMAL_CLOSURE, error.message);
    }
  }

  #dispatch(frame: ParsedServerFrame): void {
    if (frame.case === 'ping') {
      this.send({ case: 'pong', value: { id: frame.value.id } });
      return;
    }
    if (frame.case === 'pong') {
      const latencyMs = this.#heartbeat.latencyOf(frame.value.id);
      if (latencyMs !== undefined) this.#handler.measured(latencyMs);
    }
    this.#handler.received(frame);
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#stop(reason);
    this.#handler.ended(code, reason);
  }

  #stop(reason: string): void {
    this.#isOver = true;
    this.#cancelTimeout();
    this.#heartbeat.stop();
    this.#connection.close(NORMAL_CLOSURE, reason);
  }
}
