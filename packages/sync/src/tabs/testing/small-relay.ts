/** As much of a relay as tabs can be tested with: it stores what is pushed, passes it on, and says who is here. */
import {
  decodeClientFrame,
  encodeServerFrame,
  PROTOCOL_VERSION,
  readBatchHeader,
  type ServerFrameInit,
} from '../../protocol/index.ts';
import type { MemoryNetwork } from '../../testing/memory-network.ts';
import type { Connection } from '../../transport/connection.ts';

interface Session {
  readonly connection: Connection;
  siteId: Uint8Array;
}

export class SmallRelay {
  readonly #log: { readonly siteId: Uint8Array; readonly batch: Uint8Array; readonly toVersion: bigint }[] = [];
  readonly #sessions = new Set<Session>();
  readonly #now: () => number;

  constructor(network: MemoryNetwork, url: string, now: () => number) {
    this.#now = now;
    network.listen(url, (connection) => {
      const session: Session = { connection, siteId: new Uint8Array(16) };
      return {
        received: (message) => this.#received(session, message),
        closed: () => void this.#sessions.delete(session),
      };
    });
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** All that is stored is in PostgreSQL. */
  project(): void {
    for (const session of this.#sessions) send(session, { case: 'receipt', value: { projectedSeq: this.#head } });
  }

  get #head(): bigint {
    return BigInt(this.#log.length);
  }

  #received(session: Session, message: Uint8Array): void {
    const frame = decodeClientFrame(message);
    switch (frame.case) {
      case 'hello': {
        session.siteId = frame.value.siteId;
        this.#sessions.add(session);
        this.#welcome(session);
        this.#deliver(session, Number(frame.value.cursor));
        send(session, { case: 'caughtUp', value: { head: this.#head } });
        break;
      }
      case 'push': {
        const { toVersion } = readBatchHeader(frame.value.batch);
        this.#log.push({ siteId: session.siteId, batch: frame.value.batch, toVersion: BigInt(toVersion) });
        send(session, { case: 'ack', value: { toVersion: BigInt(toVersion), seq: this.#head } });
        for (const other of this.#sessions) if (other !== session) this.#deliver(other, this.#log.length - 1);
        break;
      }
      case 'presence':
        for (const other of this.#sessions) {
          if (other === session) continue;
          const { siteId } = session;
          send(other, { case: 'presence', value: { ...frame.value, sessionId: 'peer', siteId, userId: 'ann' } });
        }
        break;
      case 'ping':
        send(session, { case: 'pong', value: { id: frame.value.id, head: this.#head } });
        break;
      case 'pong':
      case 'received':
      case 'refilled':
      case 'renew':
        break;
    }
  }

  #welcome(session: Session): void {
    const own = this.#log.findLastIndex(({ siteId }) => isSame(siteId, session.siteId));
    send(session, {
      case: 'welcome',
      value: {
        protocolVersion: PROTOCOL_VERSION,
        epoch: 'the only one',
        head: this.#head,
        role: 'editor',
        ackedVersion: this.#log[own]?.toVersion ?? 0n,
        ackedSeq: BigInt(own + 1),
        serverTimeMs: BigInt(this.#now()),
        sessionId: 'a session',
        heartbeatMs: 30_000,
      },
    });
  }

  #deliver(session: Session, after: number): void {
    const entries = this.#log.slice(after).map(({ siteId, batch, toVersion }, index) => {
      return { seq: BigInt(after + index + 1), siteId, batch, knownVersion: toVersion };
    });
    if (entries.length > 0) send(session, { case: 'deliver', value: { entries } });
  }
}

function send({ connection }: Session, frame: ServerFrameInit): void {
  connection.send(encodeServerFrame(frame));
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, index) => byte === other[index]);
}
