import {
  encodeClientFrame,
  PROTOCOL_VERSION,
  type ClientFrameInit,
  type ParsedServerFrame,
} from '@tributary/sync/protocol';
import type { ConnectionHandler } from '@tributary/sync/transport';
import type { Role } from '../auth/identity.ts';
import { batch, site } from './test-batches.ts';
import type { TestConnection } from './test-connection.ts';

type HelloInit = Extract<ClientFrameInit, { case: 'hello' }>['value'];
type FrameOf<Case extends string> = Extract<ParsedServerFrame, { case: Case }>['value'];

export const WORKSPACE = 'workspace-1';

/** A token for the tests' `authenticate`. */
export interface TestToken {
  readonly user?: string;
  readonly roles?: Readonly<Record<string, Role>>;
  readonly expiresAt?: number;
}

export function token({ user = 'ann', roles = { [WORKSPACE]: 'editor' }, expiresAt }: TestToken = {}): string {
  return JSON.stringify({ user, roles, expiresAt });
}

/** The client's side of a session, by hand. */
export class TestClient {
  readonly connection: TestConnection;
  /** Whether it says at once that it has dealt with what was delivered. */
  answers = true;
  readonly #handler: ConnectionHandler;
  readonly #settle: () => Promise<void>;

  constructor(connection: TestConnection, handler: ConnectionHandler, settle: () => Promise<void>) {
    this.connection = connection;
    this.#handler = handler;
    this.#settle = settle;
    connection.onFrame = (frame) => {
      if (this.answers && frame.case === 'deliver') this.answer(frame.value.entries.at(-1)?.seq ?? 0n);
    };
  }

  answer(seq: bigint): void {
    this.send({ case: 'received', value: { seq } });
  }

  get frames(): readonly ParsedServerFrame[] {
    return this.connection.frames;
  }

  get closedWith(): { readonly code: number; readonly reason: string } | undefined {
    return this.connection.closedWith;
  }

  /** What happened, one word each: `ack 3`, `deliver 1,2`, `reject busy`. */
  get story(): string[] {
    return this.frames.map(tell);
  }

  all<Case extends ParsedServerFrame['case']>(wanted: Case): FrameOf<Exclude<Case, undefined>>[] {
    return this.frames.filter((frame) => frame.case === wanted).map(({ value }) => value) as never;
  }

  last<Case extends ParsedServerFrame['case']>(wanted: Case): FrameOf<Exclude<Case, undefined>> | undefined {
    return this.all(wanted).at(-1);
  }

  forget(): void {
    this.connection.frames.length = 0;
  }

  sendBytes(message: Uint8Array): void {
    this.#handler.received(message);
  }

  send(frame: ClientFrameInit): void {
    this.sendBytes(encodeClientFrame(frame));
  }

  async hello(rest: HelloInit = {}): Promise<this> {
    this.send({
      case: 'hello',
      value: {
        protocolVersion: PROTOCOL_VERSION,
        minVersion: PROTOCOL_VERSION,
        token: token(),
        workspaceId: WORKSPACE,
        siteId: site(1),
        ...rest,
      },
    });
    await this.#settle();
    return this;
  }

  /** Without waiting for the answer. */
  pushBytes(bytes: Uint8Array): void {
    this.send({ case: 'push', value: { batch: bytes } });
  }

  async push(...parameters: Parameters<typeof batch>): Promise<void> {
    this.pushBytes(batch(...parameters));
    await this.#settle();
  }

  /** The network takes the connection away. */
  lose(): void {
    this.#handler.closed(1006, '');
  }
}

function tell(frame: ParsedServerFrame): string {
  switch (frame.case) {
    case 'ack':
      return `ack ${frame.value.seq}`;
    case 'deliver':
      return `deliver ${frame.value.entries.map(({ seq, batch: bytes }) => (bytes.length > 0 ? `${seq}` : `(${seq})`)).join()}`;
    case 'caughtUp':
      return `caughtUp ${frame.value.head}`;
    case 'reject':
      return `reject ${frame.value.code}`;
    case 'receipt':
      return `receipt ${frame.value.projectedSeq}`;
    case 'welcome':
    case 'refill':
    case 'presence':
    case 'ping':
    case 'pong':
      break;
  }
  return frame.case;
}
