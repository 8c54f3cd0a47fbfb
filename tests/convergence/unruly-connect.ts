/**
 * A network that is worse than any socket: now and then a frame of the log's stream arrives twice, or after the one that was
 * sent behind it, and a push is sent twice. Nobody relies on that being impossible.
 */
import type { SeededRandom } from '@tributary/database/testing';
import { decodeClientFrame, decodeServerFrame } from '@tributary/sync/protocol';
import type { ClientConnectionHandler, Connect } from '@tributary/sync/transport';

export interface Unruliness {
  /** Of frames that are affected, from 0 to 1; may change at any time. */
  share: number;
}

export function unrulyConnect(connect: Connect, random: SeededRandom, unruliness: Unruliness): Connect {
  const isAffected = () => random.chance(unruliness.share);
  return (url, handler) => {
    const connection = connect(url, new UnrulyHandler(handler, random, isAffected));
    return {
      send(message) {
        connection.send(message);
        if (isAffected() && decodeClientFrame(message).case === 'push') connection.send(message);
      },
      close: (code, reason) => connection.close(code, reason),
      get bufferedBytes() {
        return connection.bufferedBytes;
      },
    };
  };
}

class UnrulyHandler implements ClientConnectionHandler {
  readonly #handler: ClientConnectionHandler;
  readonly #random: SeededRandom;
  readonly #isAffected: () => boolean;
  #held: Uint8Array | undefined;

  constructor(handler: ClientConnectionHandler, random: SeededRandom, isAffected: () => boolean) {
    this.#handler = handler;
    this.#random = random;
    this.#isAffected = isAffected;
  }

  opened(): void {
    this.#handler.opened();
  }

  received(message: Uint8Array): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined && this.#isAffected() && isOfStream(message)) {
      if (this.#random.chance(0.5)) this.#held = message;
      else this.#twice(message);
      return;
    }
    this.#handler.received(message);
    if (held) this.#handler.received(held);
  }

  closed(code: number, reason: string): void {
    this.#handler.closed(code, reason);
  }

  #twice(message: Uint8Array): void {
    this.#handler.received(message);
    this.#handler.received(message);
  }
}

function isOfStream(message: Uint8Array): boolean {
  const { case: kind } = decodeServerFrame(message);
  return kind === 'deliver' || kind === 'ack';
}
