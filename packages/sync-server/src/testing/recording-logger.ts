import type { Logger } from '../logger.ts';

/** Remembers what was said, as `level: message`. */
export class RecordingLogger implements Logger {
  readonly lines: string[] = [];

  debug(_fields: object, message: string): void {
    this.lines.push(`debug: ${message}`);
  }

  info(_fields: object, message: string): void {
    this.lines.push(`info: ${message}`);
  }

  warn(_fields: object, message: string): void {
    this.lines.push(`warn: ${message}`);
  }

  error(_fields: object, message: string): void {
    this.lines.push(`error: ${message}`);
  }
}
