/** From an HTTP request to a connection of the relay: the right path, an allowed origin, and then a WebSocket. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions } from 'ws';
import type { Relay } from '../relay.ts';
import { WsConnection } from '../session/ws-connection.ts';
import { SYNC_PATH } from './http-app.ts';
import { isAllowedOrigin } from './origin.ts';

export interface SyncUpgradeOptions {
  readonly relay: Relay;
  readonly maxFrameBytes: number;
  readonly allowedOrigins: readonly string[];
}

/** After this, a socket whose other side does not answer a close is dropped. */
const CLOSE_TIMEOUT_MS = 5_000;

export class SyncUpgrade {
  readonly #options: SyncUpgradeOptions;
  readonly #sockets: WebSocketServer;
  #isClosed = false;

  constructor(options: SyncUpgradeOptions) {
    this.#options = options;
    const socketOptions: ServerOptions & { readonly closeTimeout: number } = {
      noServer: true,
      // Batches are deflated already, and a compressor for each connection would take more memory than all the rest.
      perMessageDeflate: false,
      maxPayload: options.maxFrameBytes,
      closeTimeout: CLOSE_TIMEOUT_MS,
    };
    this.#sockets = new WebSocketServer(socketOptions);
  }

  get openSockets(): number {
    return this.#sockets.clients.size;
  }

  /** For the `upgrade` event of an HTTP server. */
  handle(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // A peer that is gone by now is no matter.
    stream.on('error', () => stream.destroy());
    const status = this.#refusalOf(request);
    if (status !== undefined) {
      refuse(stream, status);
      return;
    }
    this.#sockets.handleUpgrade(request, stream, head, (socket) => {
      const { origin } = request.headers;
      const address = request.socket.remoteAddress ?? '';
      const connection = new WsConnection(socket);
      connection.attach(this.#options.relay.accept(connection, { address, ...(origin && { origin }) }), stream);
    });
  }

  /** Takes nobody in any more. */
  close(): void {
    this.#isClosed = true;
  }

  /** Without waiting for the other side. */
  terminate(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  #refusalOf({ url, headers }: IncomingMessage): number | undefined {
    if (url?.split('?', 1)[0] !== SYNC_PATH) return 404;
    if (this.#isClosed) return 503;
    return isAllowedOrigin(headers, this.#options.allowedOrigins) ? undefined : 403;
  }
}

function refuse(stream: Duplex, status: number): void {
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
