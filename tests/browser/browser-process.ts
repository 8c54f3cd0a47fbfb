/** A browser as processes of its own: it says where it listens, and is killed like a crash. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Rarely more than a second, but a busy machine may take its time. */
export const START_LIMIT_MS = 60_000;

/** What a browser keeps between its runs. */
export interface Profile {
  readonly path: string;
  remove(): void;
}

export function createProfile(): Profile {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-browser-'));
  return {
    path: directory,
    remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

export class BrowserProcess {
  readonly #child: ChildProcess;
  readonly exited: Promise<unknown>;
  #isOver = false;

  constructor(program: string, args: readonly string[]) {
    // A process group of its own, so that one signal reaches every process of it.
    this.#child = spawn(program, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    this.exited = once(this.#child, 'exit');
  }

  /** What it says after these words. */
  async addressAfter(words: string): Promise<string> {
    let said = '';
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail('did not start in time'), START_LIMIT_MS);
      const fail = (what: string): void => {
        clearTimeout(timer);
        reject(new Error(`the browser ${what}: ${said.slice(-2_000)}`));
      };
      this.#child.once('error', ({ message }) => fail(message));
      this.#child.once('exit', (code, signal) => fail(`ended with ${String(code ?? signal)}`));
      this.#child.stderr?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const [, address] = said.split(words);
        const [complete] = /^\s*ws:\S+(?=\s)/.exec(address ?? '') ?? [];
        if (complete === undefined) return;
        clearTimeout(timer);
        resolve(complete.trim());
      });
    });
  }

  /** SIGKILL to all of its processes at once, with no warning to any. Harmless when it is over. */
  async kill(): Promise<void> {
    // Later, another process could have its number.
    if (!this.#isOver) killGroup(this.#child);
    this.#isOver = true;
    await this.exited;
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // All of it has ended already.
  }
}
