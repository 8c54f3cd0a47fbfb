/**
 * One connection between a client and the relay: whole binary messages, in order, while it lasts. Nothing is promised
 * about a message that was sent shortly before the end. Both sides have the same port, so that a simulation can be the
 * network.
 */
export interface Connection {
  /** Never throws; what is sent after the end is dropped. */
  send(message: Uint8Array): void;
  /** The other side learns code and reason; `closed` is called on this side, too, once. */
  close(code: number, reason: string): void;
  /** Bytes accepted by `send` that have not left yet. */
  readonly bufferedBytes: number;
}

export interface ConnectionHandler {
  received(message: Uint8Array): void;
  /** Called once, whoever ended it. 1006 when the connection was simply lost. */
  closed(code: number, reason: string): void;
  /** What was buffered has left. */
  drained?(): void;
}

export interface ClientConnectionHandler extends ConnectionHandler {
  opened(): void;
}

/** Starts to connect and returns at once; `opened` or `closed` follows, never before this returns. */
export type Connect = (url: string, handler: ClientConnectionHandler) => Connection;

/** What ends a connection without either side having said so. */
export const CONNECTION_LOST = 1006;
export const NORMAL_CLOSURE = 1000;
/** The other side has broken the rules of WebSocket itself. */
export const PROTOCOL_VIOLATION = 1002;
