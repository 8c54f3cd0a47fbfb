/** The client's side of a session by hand: it says what it is told to, and reads when it is told to. */
import {
  decodeServerFrame,
  encodeClientFrame,
  PROTOCOL_VERSION,
  type ClientFrameInit,
  type ParsedServerFrame,
} from '@tributary/sync/protocol';
import { WebSocket } from 'ws';
import { WORKSPACE } from './device.ts';
import { waitUntil } from './wait-until.ts';

export type HelloInit = Extract<ClientFrameInit, { case: 'hello' }>['value'];
type FrameOf<Case extends ParsedServerFrame['case']> = Extract<ParsedServerFrame, { case: Case }>['value'];

export class RawSession {
  readonly socket: WebSocket;
  /** Whether it says that it has dealt with what was delivered. */
  answers = true;
  /** The seqs of what was delivered. */
  readonly delivered: number[] = [];
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  readonly #frames: ParsedServerFrame[] = [];

  constructor(url: string) {
    this.socket = new WebSocket(url, { perMessageDeflate: false });
    this.socket.on('message', (data) => this.#received(decodeServerFrame(data as Buffer)));
    this.socket.on('close', (code, reason) => (this.closedWith = { code, reason: reason.toString() }));
    this.socket.on('error', () => undefined);
  }

  last<Case extends ParsedServerFrame['case']>(kind: Case): FrameOf<Case> | undefined {
    return this.#frames.findLast((frame) => frame.case === kind)?.value as FrameOf<Case> | undefined;
  }

  send(frame: ClientFrameInit): void {
    this.socket.send(encodeClientFrame(frame));
  }

  push(batch: Uint8Array): void {
    this.send({ case: 'push', value: { batch } });
  }

  async hello(value: HelloInit): Promise<void> {
    await waitUntil(() => this.socket.readyState !== WebSocket.CONNECTING, { what: 'the socket is open' });
    const versions = { protocolVersion: PROTOCOL_VERSION, minVersion: PROTOCOL_VERSION };
    this.send({ case: 'hello', value: { ...versions, workspaceId: WORKSPACE, ...value } });
  }

  untilHeard(kind: ParsedServerFrame['case']): Promise<void> {
    return waitUntil(() => this.last(kind) !== undefined, {
      what: () => `there is a frame ${kind}; closed with ${JSON.stringify(this.closedWith)}`,
    });
  }

  untilClosed(): Promise<void> {
    return waitUntil(() => this.closedWith !== undefined, { what: 'the session is closed' });
  }

  close(): void {
    this.socket.terminate();
  }

  #received(frame: ParsedServerFrame): void {
    if (frame.case !== 'deliver') {
      this.#frames.push(frame);
      return;
    }
    for (const { seq } of frame.value.entries) this.delivered.push(Number(seq));
    if (this.answers) this.send({ case: 'received', value: { seq: frame.value.entries.at(-1)?.seq ?? 0n } });
  }
}
