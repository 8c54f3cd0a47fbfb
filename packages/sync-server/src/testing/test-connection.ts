import { decodeServerFrame, type ParsedServerFrame } from '@tributary/sync/protocol';
import type { Connection, ConnectionHandler } from '@tributary/sync/transport';

/** The relay's end of a connection whose other end is a test: it may stop to read, and see what piles up. */
export class TestConnection implements Connection {
  handler: ConnectionHandler | undefined;
  readonly frames: ParsedServerFrame[] = [];
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  onFrame: ((frame: ParsedServerFrame) => void) | undefined;
  maxBufferedBytes = 0;
  #isReading = true;
  #unread: Uint8Array[] = [];

  get bufferedBytes(): number {
    return this.#unread.reduce((sum, message) => sum + message.length, 0);
  }

  send(message: Uint8Array): void {
    if (this.closedWith !== undefined) return;
    this.#unread.push(message);
    if (this.#isReading) this.#read();
    this.maxBufferedBytes = Math.max(this.maxBufferedBytes, this.bufferedBytes);
  }

  close(code: number, reason: string): void {
    if (this.closedWith !== undefined) return;
    this.closedWith = { code, reason };
    this.handler?.closed(code, reason);
  }

  stopReading(): void {
    this.#isReading = false;
  }

  goOnReading(): void {
    this.#isReading = true;
    this.#read();
    this.handler?.drained?.();
  }

  #read(): void {
    const unread = this.#unread;
    this.#unread = [];
    for (const message of unread) {
      const frame = decodeServerFrame(message);
      this.frames.push(frame);
      this.onFrame?.(frame);
    }
  }
}
