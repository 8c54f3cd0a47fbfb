import { openSocket } from '#socket';
import { CONNECTION_LOST, type ClientConnectionHandler, type Connection } from './connection.ts';

/** A connection to a relay over the network. */
export function connectWebSocket(url: string, handler: ClientConnectionHandler): Connection {
  return new WebSocketConnection(openSocket(url), handler);
}

const MAX_REASON_BYTES = 123;

class WebSocketConnection implements Connection {
  readonly #socket: WebSocket;
  readonly #handler: ClientConnectionHandler;
  #isClosed = false;

  constructor(socket: WebSocket, handler: ClientConnectionHandler) {
    this.#socket = socket;
    this.#handler = handler;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => handler.opened());
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (this.#isClosed) return;
      // Text is nothing of ours; an empty message is no frame either, and is refused as such.
      handler.received(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0));
    });
    // What went wrong is not told; `close` follows.
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', ({ code, reason }) => this.#closed(code, reason));
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: Uint8Array): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(message as Uint8Array<ArrayBuffer>);
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    // A socket that is still connecting, or whose other side is dead, would take its time to say so.
    const isOpen = this.#socket.readyState === OPEN;
    this.#socket.close(code, shorten(reason));
    this.#closed(isOpen ? code : CONNECTION_LOST, reason);
  }

  #closed(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#handler.closed(code, reason);
  }
}

const OPEN = 1;

/** A socket refuses to be closed with more. */
function shorten(reason: string): string {
  const bytes = new Uint8Array(MAX_REASON_BYTES);
  const { read } = new TextEncoder().encodeInto(reason, bytes);
  return reason.slice(0, read);
}
