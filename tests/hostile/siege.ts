/** What all attacks share: where the relay is, who they pretend to be, and what became of each thing that they said. */
import { siteIdToHex } from '@tributary/database/changes';
import type { SeededRandom } from '@tributary/database/testing';
import { decodeClientFrame } from '@tributary/sync/protocol';
import { HOME, type Credentials } from './credentials.ts';
import { VERSIONS, type HelloInit } from './frames.ts';
import { HostileSocket } from './hostile-socket.ts';
import { randomBytes } from './mutate.ts';

/** One thing that was pushed. */
export interface Pushed {
  readonly payload: Uint8Array;
  /** Unknown where the connection ended before the answer. */
  fate: 'stored' | 'refused' | 'unknown';
}

export class Siege {
  /** Hostile things that the relay had to deal with. */
  inputs = 0;
  readonly #port: number;
  readonly #credentials: Credentials;
  readonly #closes = new Map<number, number>();
  readonly #rejections = new Map<string, number>();
  readonly #pushes = new Map<string, Pushed[]>();
  /** Where the log ends, so that nobody has to be sent all of it. */
  #position: Pick<HelloInit, 'epoch' | 'cursor' | 'mark'> = {};

  constructor(port: number, credentials: Credentials) {
    this.#port = port;
    this.#credentials = credentials;
  }

  get port(): number {
    return this.#port;
  }

  get credentials(): Credentials {
    return this.#credentials;
  }

  /** How often each code ended a session. */
  get closes(): ReadonlyMap<number, number> {
    return this.#closes;
  }

  /** How often something was refused in a session that went on. */
  get rejections(): ReadonlyMap<string, number> {
    return this.#rejections;
  }

  /** What was pushed, by site. */
  get pushes(): ReadonlyMap<string, readonly Pushed[]> {
    return this.#pushes;
  }

  connect(opening?: string): HostileSocket {
    return new HostileSocket(this.#port, opening);
  }

  /** A Hello that the relay takes, each time of another site. */
  hello(random: SeededRandom, token = random.pick(this.#credentials.editors)): HelloInit & { siteId: Uint8Array } {
    return { ...VERSIONS, token, workspaceId: HOME, siteId: randomBytes(random, 16), ...this.#position };
  }

  /** A session that has been opened, and has everything that was in the log. */
  async join(hello: HelloInit): Promise<HostileSocket> {
    const socket = this.connect();
    socket.send({ case: 'hello', value: hello });
    const isOpen = await socket.until(() => socket.count('caughtUp') > 0);
    if (!isOpen) throw new Error(`a good Hello was refused: ${JSON.stringify(socket.closed)}`);
    this.#position = { ...this.#position, cursor: socket.last('caughtUp')?.head ?? 0n };
    return socket;
  }

  /** From now on Hello says where the log ends. The mark is that of all entries that one process of the relay stores. */
  locate(position: Siege['position']): void {
    this.#position = position;
  }

  get position(): Pick<HelloInit, 'epoch' | 'cursor' | 'mark'> {
    return this.#position;
  }

  /** To be called for all that is pushed. */
  pushed(siteId: Uint8Array, payload: Uint8Array, fate: Pushed['fate'] = 'unknown'): Pushed {
    const push: Pushed = { payload: Uint8Array.from(payload), fate };
    const site = siteIdToHex(siteId);
    const pushes = this.#pushes.get(site);
    if (pushes) pushes.push(push);
    else this.#pushes.set(site, [push]);
    return push;
  }

  /** To be called for each connection, when it is over. */
  ended(socket: HostileSocket): void {
    if (socket.closed !== undefined) add(this.#closes, socket.closed.code);
    for (const { code } of socket.all('reject')) add(this.#rejections, code);
    socket.hangUp();
  }
}

/** What the relay would take a damaged message for, if it is a push. */
export function payloadOf(message: Uint8Array): Uint8Array | undefined {
  try {
    const frame = decodeClientFrame(message);
    return frame.case === 'push' ? frame.value.batch : undefined;
  } catch {
    return undefined;
  }
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
