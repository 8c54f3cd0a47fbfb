/** The command line in this process, in a world that a test has made. */
import { readFileSync } from 'node:fs';
import type { CommandWorld } from '../command.ts';
import { runCli } from '../run-cli.ts';

export interface CommandRun {
  readonly code: Promise<number>;
  out: string;
  err: string;
  /** As a signal would. */
  stop(): void;
}

export interface CommandSurroundings {
  readonly env?: Record<string, string>;
  /** What comes out of a pipe; lines, where it is typed on a terminal. */
  readonly input?: string | readonly string[];
}

export function runCommand(args: readonly string[], { env = {}, input = '' }: CommandSurroundings = {}): CommandRun {
  const listeners = new Set<() => void>();
  const typed = typeof input === 'string' ? [] : [...input];
  const texts = { out: '', err: '' };
  const world: CommandWorld = {
    env,
    out: (text) => void (texts.out += text),
    err: (text) => void (texts.err += text),
    flush: () => Promise.resolve(),
    errIsTerminal: false,
    input: {
      isTerminal: typeof input !== 'string',
      readAll: () => Promise.resolve(String(input)),
      readSecret(prompt) {
        texts.err += `${prompt}\n`;
        return Promise.resolve(typed.shift() ?? '');
      },
      async *lines(prompt) {
        for (const line of input) {
          texts.err += `${prompt()}${line}\n`;
          yield line;
        }
      },
    },
    readFile: (path) => (path === '' ? '' : readFileSync(path, 'utf8')),
    onStopRequest(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const code = runCli(args, world, '1.2.3');
  return Object.assign(texts, {
    code,
    stop: () => {
      for (const listener of listeners) listener();
    },
  });
}

/** Returns the address. */
export async function untilListening(running: CommandRun): Promise<string> {
  while (!running.out.includes('listening')) await new Promise((resolve) => setTimeout(resolve, 5));
  return /http:\/\/[\d.]+:\d+/.exec(running.err)?.[0] ?? '';
}
