/** A WebSocket as the relay's Connection. Nothing that the network does to it is an exception for anybody. */
import type { Duplex } from 'node:stream';
import { PROTOCOL_ERRORS } from '@tributary/sync/protocol';
import { PROTOCOL_VIOLATION, type Connection, type ConnectionHandler } from '@tributary/sync/transport';
import type { WebSocket } from 'ws';

const TOO_LARGE = PROTOCOL_ERRORS.frame_too_large.closeCode;

/** What `ws` says of a length beyond the limit, and of one beyond all numbers. */
const TOO_LARGE_ERRORS: ReadonlySet<string | undefined> = new Set([
  'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
  'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
]);

/** No frame of the protocol: what a text message is taken for. */
const NO_FRAME = new Uint8Array(0);

export class WsConnection implements Connection {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** From now on the handler hears of everything. `stream` is what the WebSocket runs on. */
  attach(handler: ConnectionHandler, stream: Duplex): void {
    this.#socket.on('message', (data, isBinary) => handler.received(isBinary ? (data as Uint8Array) : NO_FRAME));
    this.#socket.on('close', (code, reason) => handler.closed(code, reason.toString()));
    // `ws` closes by itself after an error; whose fault it was is told here, because the close does not say it.
    this.#socket.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (TOO_LARGE_ERRORS.has(code)) handler.closed(TOO_LARGE, 'a frame is larger than the limit');
      else if (code?.startsWith('WS_ERR_')) handler.closed(PROTOCOL_VIOLATION, message);
    });
    stream.on('drain', () => handler.drained?.());
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: Uint8Array): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(message);
  }

  close(code: number, reason: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.close(code, reason);
  }
}
