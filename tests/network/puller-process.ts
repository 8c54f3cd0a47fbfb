import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { WORKSPACE } from './device.ts';
import { memoryOf, PROBE_ARGS, type MemoryUse } from './memory-of.ts';
import type { RelayProcess } from './relay-process.ts';
import { waitUntil } from './wait-until.ts';

const PROGRAM = fileURLToPath(new URL('pull.mjs', import.meta.url));

/** A device in a process of its own, so that its memory can be told from that of everything else. */
export class PullerProcess {
  readonly #child: ChildProcess;
  #out = '';

  /** Its replica is the file. */
  constructor(relay: RelayProcess, token: string, file: string) {
    this.#child = spawn(process.execPath, [...PROBE_ARGS, PROGRAM, relay.url, token, WORKSPACE, file], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.#child.stdout?.on('data', (text: Buffer) => (this.#out += text.toString()));
  }

  untilOpen(): Promise<void> {
    return waitUntil(() => this.#out.includes('open\n'), { what: 'the puller has opened its replica' });
  }

  connect(): void {
    this.#child.send('connect');
  }

  /** Resolves when it is in sync and has that many notes. */
  untilItHas(notes: number, timeoutMs: number): Promise<void> {
    return waitUntil(() => this.#out.includes(`synced ${notes}\n`), {
      timeoutMs,
      what: () => `the puller has ${notes} notes; it said ${this.#out}`,
    });
  }

  memory(): Promise<MemoryUse> {
    return memoryOf(this.#child);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
