import { siteIdToHex } from '@tributary/database/changes';
import { MAX_PRESENCE_BYTES, type Presence } from '../protocol/index.ts';
import { Listeners } from './listeners.ts';

export interface PresentPeer {
  readonly sessionId: string;
  readonly siteId: string;
  readonly userId: string;
  /** What its `setPresence` was given. */
  readonly state: unknown;
}

/** Who else is here, and doing what. Never stored: it is as good as the connection. */
export class PresenceBoard {
  readonly #send: (state: Uint8Array) => void;
  readonly #listeners = new Listeners<readonly PresentPeer[]>();
  readonly #peers = new Map<string, PresentPeer>();
  #own: Uint8Array | undefined;

  constructor(send: (state: Uint8Array) => void) {
    this.#send = send;
  }

  set(state: unknown): void {
    const bytes = encoder.encode(JSON.stringify(state ?? null));
    if (bytes.length > MAX_PRESENCE_BYTES)
      throw new TypeError(`presence takes at most ${MAX_PRESENCE_BYTES} bytes of JSON`);
    this.#own = bytes;
    this.#send(bytes);
  }

  /** To a new session. */
  resend(): void {
    if (this.#own) this.#send(this.#own);
  }

  hear({ sessionId, siteId, userId, state, gone }: Presence): void {
    if (gone) this.#peers.delete(sessionId);
    else this.#peers.set(sessionId, { sessionId, siteId: siteIdToHex(siteId), userId, state: parse(state) });
    this.#tell();
  }

  clear(): void {
    if (this.#peers.size === 0) return;
    this.#peers.clear();
    this.#tell();
  }

  onChange(listener: (peers: readonly PresentPeer[]) => void): () => void {
    return this.#listeners.add(listener);
  }

  #tell(): void {
    this.#listeners.tell([...this.#peers.values()]);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A peer may say anything; what is no JSON says nothing. */
function parse(state: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(state));
  } catch {
    return undefined;
  }
}
