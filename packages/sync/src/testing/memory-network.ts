/**
 * A network in memory, under a clock of one's own. A connection behaves as a socket does: messages arrive in order, later
 * than they were sent and never inside the call that sent them; what is on its way when the connection is cut is lost;
 * and a side that was cut off cannot tell what of its last messages arrived.
 */
import type { Clock } from '../client/clock.ts';
import {
  CONNECTION_LOST,
  type ClientConnectionHandler,
  type Connect,
  type Connection,
  type ConnectionHandler,
} from '../transport/connection.ts';

export type Direction = 'toServer' | 'toClient';

export interface MessageInTransit {
  readonly direction: Direction;
  readonly message: Uint8Array;
  readonly link: MemoryLink;
}

export interface MemoryNetworkOptions {
  readonly clock: Clock;
  /** One way; a function is asked for each message. 1 ms by default. */
  readonly latencyMs?: Latency | Readonly<Record<Direction, Latency>>;
  /** How much arrives in a millisecond, in each direction. Unbounded by default. */
  readonly bytesPerMs?: number;
  /** Asked for each message as it would arrive. `sever` loses it, all that is behind it, and the connection. */
  readonly filter?: (transit: MessageInTransit) => 'deliver' | 'sever';
}

type Latency = number | (() => number);

/** Takes a connection on the server's side. */
export type Accept = (connection: Connection) => ConnectionHandler;

export class MemoryNetwork {
  readonly #options: MemoryNetworkOptions;
  readonly #servers = new Map<string, Accept>();
  readonly #links = new Set<MemoryLink>();
  /** Whether anything at all can be reached by those who connect from now on. */
  isUp = true;

  constructor(options: MemoryNetworkOptions) {
    this.#options = options;
  }

  /** Returns what ends it, for those who connect from then on. */
  listen(url: string, accept: Accept): () => void {
    this.#servers.set(url, accept);
    return () => {
      if (this.#servers.get(url) === accept) this.#servers.delete(url);
    };
  }

  readonly connect: Connect = (url, handler) => {
    const link = new MemoryLink(this.#options, handler, {
      accept: () => (this.isUp ? this.#servers.get(url) : undefined),
      ended: () => this.#links.delete(link),
    });
    this.#links.add(link);
    return link.client;
  };

  /** Those that have not ended on both sides. */
  get links(): readonly MemoryLink[] {
    return [...this.#links];
  }

  severAll(): void {
    for (const link of this.#links) link.sever();
  }
}

interface LinkHost {
  /** Asked when the client has reached the server; undefined where there is none. */
  accept(): Accept | undefined;
  /** On both sides. */
  ended?(): void;
}

/** A client's connection, the server's, and the line between them. */
export class MemoryLink {
  readonly #options: MemoryNetworkOptions;
  readonly #opened: () => void;
  readonly #host: LinkHost;
  readonly #client: Side;
  readonly #server: Side;
  #isCut = false;
  #isFrozen = false;

  constructor(options: MemoryNetworkOptions, handler: ClientConnectionHandler, host: LinkHost) {
    this.#options = options;
    this.#host = host;
    this.#opened = () => handler.opened();
    const ended = () => this.#endedOnOneSide();
    this.#client = new Side((event) => this.#carry('toServer', event), ended);
    this.#server = new Side((event) => this.#carry('toClient', event), ended);
    this.#client.handler = handler;
    this.#carry('toServer', { kind: 'connect' });
  }

  get client(): Connection {
    return this.#client;
  }

  /** Its `send` reaches the client only once the server has accepted. */
  get server(): Connection {
    return this.#server;
  }

  /** The line is cut: what is on its way is lost, and both sides see that the connection is gone. */
  sever(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    for (const side of [this.#client, this.#server]) this.#options.clock.yield(() => side.end(CONNECTION_LOST, ''));
  }

  /** The line is dead and nobody is told: from now on nothing arrives on either side. */
  freeze(): void {
    this.#isFrozen = true;
  }

  #endedOnOneSide(): void {
    if (this.#client.hasEnded && (this.#server.hasEnded || !this.#server.isOpen)) this.#host.ended?.();
  }

  #carry(direction: Direction, event: LineEvent): void {
    const { clock, bytesPerMs = Infinity } = this.#options;
    const [from, to] = direction === 'toServer' ? [this.#client, this.#server] : [this.#server, this.#client];
    const bytes = bytesOf(event);
    from.bufferedBytes += bytes;
    const arrivesAt = Math.max(clock.uptimeMs() + this.#latencyMs(direction), from.lineFreeAt) + bytes / bytesPerMs;
    from.lineFreeAt = arrivesAt;
    clock.setTimeout(() => {
      if (this.#isCut || this.#isFrozen) return;
      if (event.kind === 'message' && !this.#mayPass({ direction, message: event.message, link: this })) return;
      this.#arrive(to, event);
      from.left(bytes);
    }, arrivesAt - clock.uptimeMs());
  }

  #mayPass(transit: MessageInTransit): boolean {
    const isLost = this.#options.filter?.(transit) === 'sever';
    if (isLost) this.sever();
    return !isLost;
  }

  #arrive(to: Side, event: LineEvent): void {
    switch (event.kind) {
      case 'connect':
        this.#reachServer();
        break;
      case 'accepted':
        this.#open();
        break;
      case 'message':
        to.receive(event.message);
        break;
      case 'close':
        to.end(event.code, event.reason);
        break;
    }
  }

  #reachServer(): void {
    if (this.#client.hasEnded) return;
    const accept = this.#host.accept();
    if (accept === undefined) {
      this.#carry('toClient', { kind: 'close', code: CONNECTION_LOST, reason: '' });
      return;
    }
    // First, so that what the server says in accepting comes after it.
    this.#carry('toClient', { kind: 'accepted' });
    this.#server.isOpen = true;
    this.#server.handler = accept(this.#server);
  }

  #open(): void {
    if (this.#client.hasEnded) return;
    this.#client.isOpen = true;
    this.#opened();
  }

  #latencyMs(direction: Direction): number {
    const { latencyMs = 1 } = this.#options;
    const latency = typeof latencyMs === 'object' ? latencyMs[direction] : latencyMs;
    return typeof latency === 'function' ? latency() : latency;
  }
}

type LineEvent =
  | { readonly kind: 'connect' | 'accepted' }
  | { readonly kind: 'message'; readonly message: Uint8Array }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

function bytesOf(event: LineEvent): number {
  return event.kind === 'message' ? event.message.length : 0;
}

/** One end of the line, as the port has it. */
class Side implements Connection {
  readonly #carry: (event: LineEvent) => void;
  readonly #ended: () => void;
  /** Undefined where the server has not accepted. */
  handler: ConnectionHandler | undefined;
  isOpen = false;
  hasEnded = false;
  bufferedBytes = 0;
  /** When what was sent last arrives: nothing overtakes it. */
  lineFreeAt = 0;

  constructor(carry: (event: LineEvent) => void, ended: () => void) {
    this.#carry = carry;
    this.#ended = ended;
  }

  send(message: Uint8Array): void {
    // Copied, as a network does: nobody may count on sharing memory with the other side.
    if (this.isOpen && !this.hasEnded) this.#carry({ kind: 'message', message: message.slice() });
  }

  close(code: number, reason: string): void {
    if (this.hasEnded) return;
    const wasOpen = this.isOpen;
    this.#carry({ kind: 'close', code: wasOpen ? code : CONNECTION_LOST, reason: wasOpen ? reason : '' });
    this.end(wasOpen ? code : CONNECTION_LOST, reason);
  }

  receive(message: Uint8Array): void {
    if (!this.hasEnded) this.handler?.received(message);
  }

  /** So many bytes have arrived at the other side. */
  left(bytes: number): void {
    this.bufferedBytes -= bytes;
    if (bytes > 0 && this.bufferedBytes === 0 && !this.hasEnded) this.handler?.drained?.();
  }

  end(code: number, reason: string): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.handler?.closed(code, reason);
    this.#ended();
  }
}
