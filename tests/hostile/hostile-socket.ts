/**
 * A WebSocket client by hand, on a bare socket: it can break every rule there is, and costs so little that thousands of
 * connections take seconds. Whatever is sent before the connection stands goes out with the first packet.
 */
import { connect, type Socket } from 'node:net';
import {
  decodeServerFrame,
  encodeClientFrame,
  type ClientFrameInit,
  type ParsedServerFrame,
} from '@tributary/sync/protocol';

export const OPCODE = { text: 1, binary: 2, close: 8 } as const;

/** The server has ended it, with a close frame or, as 1006, without. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

const UPGRADE =
  'GET /sync HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

const TIMEOUT_MS = 20_000;

export class HostileSocket {
  closed: Closed | undefined;
  readonly #socket: Socket;
  readonly #frames = new Map<ParsedServerFrame['case'], ParsedServerFrame[]>();
  #unread: Buffer = Buffer.alloc(0);
  #isUpgraded = false;
  #wake: () => void = () => undefined;

  constructor(port: number, opening = UPGRADE) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (data) => this.#received(data));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#end({ code: 1006, reason: '' }));
    this.#socket.write(opening, 'latin1');
  }

  /** One message, masked with zeros as the rules allow. */
  message(payload: Uint8Array, opcode: number = OPCODE.binary): void {
    this.raw(webSocketFrame(payload, opcode));
  }

  send(frame: ClientFrameInit): void {
    this.message(encodeClientFrame(frame));
  }

  raw(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  count(kind: ParsedServerFrame['case']): number {
    return this.#frames.get(kind)?.length ?? 0;
  }

  last<Case extends ParsedServerFrame['case']>(kind: Case) {
    return this.#frames.get(kind)?.at(-1)?.value as Extract<ParsedServerFrame, { case: Case }>['value'] | undefined;
  }

  all<Case extends ParsedServerFrame['case']>(kind: Case) {
    return (this.#frames.get(kind) ?? []).map(({ value }) => value) as Extract<
      ParsedServerFrame,
      { case: Case }
    >['value'][];
  }

  /** Returns whether it came to that before the end of the connection. */
  async until(condition: () => boolean): Promise<boolean> {
    const deadline = performance.now() + TIMEOUT_MS;
    while (!condition()) {
      if (this.closed !== undefined) return false;
      if (performance.now() > deadline) throw new Error('the server neither answers nor hangs up');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, TIMEOUT_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  }

  untilClosed(): Promise<boolean> {
    return this.until(() => this.closed !== undefined);
  }

  /** Without a word. */
  hangUp(): void {
    this.#socket.destroy();
  }

  #received(data: Buffer): void {
    this.#unread = this.#unread.length === 0 ? data : Buffer.concat([this.#unread, data]);
    if (!this.#isUpgraded) this.#readResponse();
    if (this.#isUpgraded) while (this.#readFrame());
    this.#wake();
  }

  #readResponse(): void {
    const end = this.#unread.indexOf('\r\n\r\n');
    if (end < 0) return;
    const isSwitching = this.#unread.subarray(0, 12).toString('latin1') === 'HTTP/1.1 101';
    if (!isSwitching) {
      this.hangUp();
      return;
    }
    this.#isUpgraded = true;
    this.#unread = this.#unread.subarray(end + 4);
  }

  #readFrame(): boolean {
    const [opcode, short = 0] = [(this.#unread[0] ?? 0) & 15, this.#unread[1]];
    if (this.#unread.length < 2) return false;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (this.#unread.length < head) return false;
    const length = short < 126 ? short : short === 126 ? this.#unread.readUInt16BE(2) : this.#unread.readUInt32BE(6);
    if (this.#unread.length < head + length) return false;
    this.#take(opcode, this.#unread.subarray(head, head + length));
    this.#unread = this.#unread.subarray(head + length);
    return true;
  }

  #take(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.close) {
      const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
      this.#end({ code, reason: payload.subarray(2).toString() });
      this.#socket.end(webSocketFrame(payload.subarray(0, 2), OPCODE.close));
      return;
    }
    if (opcode !== OPCODE.binary) return;
    const frame = decodeServerFrame(payload);
    // What others have pushed is of no interest, and may be much.
    if (frame.case === 'deliver') return;
    const frames = this.#frames.get(frame.case);
    if (frames) frames.push(frame);
    else this.#frames.set(frame.case, [frame]);
  }

  #end(closed: Closed): void {
    this.closed ??= closed;
    this.#wake();
  }
}

export function webSocketFrame(payload: Uint8Array, opcode: number): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 6 : length < 65_536 ? 8 : 14);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (length >= 65_536) head.writeBigUInt64BE(BigInt(length), 2);
  else if (length >= 126) head.writeUInt16BE(length, 2);
  return Buffer.concat([head, payload]);
}
