import type { Clock } from '../clock.ts';

export interface HeartbeatHandler {
  /** Ask whether the other side is still there. */
  ping(id: number): void;
  /** It is not. */
  dead(): void;
}

/** A connection can die without either side being told; this asks, and measures how long an answer takes. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #handler: HeartbeatHandler;
  #intervalMs = 0;
  #heardAt = 0;
  #pingId = 0;
  #pingedAt = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, handler: HeartbeatHandler) {
    this.#clock = clock;
    this.#handler = handler;
  }

  start(intervalMs: number): void {
    this.stop();
    this.#intervalMs = intervalMs;
    this.#heardAt = this.#clock.uptimeMs();
    this.ping();
    this.#arm();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Anything at all arrived. */
  heard(): void {
    this.#heardAt = this.#clock.uptimeMs();
  }

  ping(): number {
    this.#pingId = (this.#pingId + 1) >>> 0;
    this.#pingedAt = this.#clock.uptimeMs();
    this.#handler.ping(this.#pingId);
    return this.#pingId;
  }

  /** The time that the latest ping took; undefined for an answer to an earlier one. */
  latencyOf(pongId: number): number | undefined {
    return pongId === this.#pingId ? this.#clock.uptimeMs() - this.#pingedAt : undefined;
  }

  #arm(): void {
    this.#cancel = this.#clock.setTimeout(() => this.#check(), this.#intervalMs);
  }

  #check(): void {
    if (this.#clock.uptimeMs() - this.#heardAt >= 2 * this.#intervalMs) {
      this.#cancel = undefined;
      this.#handler.dead();
      return;
    }
    this.ping();
    this.#arm();
  }
}
