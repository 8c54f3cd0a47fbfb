/** `tributary serve` as it is run: a process of its own on a data directory, to be killed, stopped and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteLog, signToken, type Log, type LogEntry, type Role } from '@tributary/sync-server';
import { freePort } from './free-port.ts';
import { memoryOf, PROBE_ARGS, type MemoryUse } from './memory-of.ts';
import { waitUntil } from './wait-until.ts';

export interface RelayProcessOptions {
  /** Beside port and data. */
  readonly args?: readonly string[];
  /** Of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** With a cloud copy: embedded, or in the PostgreSQL of the URL. Without it, only the relay runs. */
  readonly cloud?: { readonly url?: string };
  readonly dataDirectory?: string;
  /** Another server that is run in the same way, instead of `tributary`. */
  readonly program?: string;
}

export interface TokenOptions {
  readonly userId?: string;
  /** By workspace. */
  readonly roles: Readonly<Record<string, Role>>;
  readonly lifetimeMs?: number;
  /** When it is issued; by default now. */
  readonly now?: () => number;
}

const MAIN = fileURLToPath(new URL('../../packages/sync-server/dist/main.js', import.meta.url));

const START_TIMEOUT_MS = 30_000;

export class RelayProcess {
  readonly dataDirectory: string;
  readonly port: number;
  readonly #options: RelayProcessOptions;
  #child: ChildProcess | undefined;
  /** What all processes so far have said. */
  out = '';
  err = '';
  #outOfThisProcess = '';

  private constructor(port: number, options: RelayProcessOptions) {
    this.port = port;
    this.#options = options;
    this.dataDirectory = options.dataDirectory ?? mkdtempSync(path.join(tmpdir(), 'tributary-network-'));
  }

  /** Not started yet: clients may come first. */
  static async prepare(options: RelayProcessOptions = {}): Promise<RelayProcess> {
    return new RelayProcess(await freePort(), options);
  }

  static async start(options: RelayProcessOptions = {}): Promise<RelayProcess> {
    const relay = await RelayProcess.prepare(options);
    await relay.start();
    return relay;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/sync`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    this.launch();
    await this.untilListening();
  }

  /** Without waiting for it. */
  launch(): void {
    const { args = [], nodeArgs = [], program = MAIN } = this.#options;
    const child = spawn(process.execPath, [...PROBE_ARGS, ...nodeArgs, program, 'serve', ...this.#where, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {},
    });
    this.#outOfThisProcess = '';
    child.stdout?.on('data', (text: Buffer) => {
      this.out += text.toString();
      if (this.#child === child) this.#outOfThisProcess += text.toString();
    });
    child.stderr?.on('data', (text: Buffer) => (this.err += text.toString()));
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    this.#child = child;
  }

  async untilListening(): Promise<void> {
    const isListening = () => {
      if (!this.isRunning) throw new Error(`the relay ended while it was started: ${this.err}`);
      return this.#outOfThisProcess.includes('"listening"');
    };
    await waitUntil(isListening, { timeoutMs: START_TIMEOUT_MS, what: 'the relay listens' });
  }

  get(route: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${route}`, { signal: AbortSignal.timeout(10_000) });
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Returns the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** For `afterEach`: whatever state it is in. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }

  token({ userId = 'ann', roles, lifetimeMs = 3_600_000, now }: TokenOptions): Promise<string> {
    const secret = readFileSync(path.join(this.dataDirectory, 'jwt-secret'), 'utf8').trim();
    return signToken({ secret, userId, roles, lifetimeMs, ...(now && { now }) });
  }

  memory(): Promise<MemoryUse> {
    if (this.#child === undefined) throw new Error('the relay is not running');
    return memoryOf(this.#child);
  }

  /** By series, as in `tributary_refusals_total{code="busy"}`. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await this.get('/metrics')).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  }

  /** What the log holds; only once the relay has ended. */
  async readLog(workspaceId: string): Promise<readonly LogEntry[]> {
    const log = this.openLog();
    try {
      await log.openWorkspace(workspaceId);
      return await log.read(workspaceId, { after: 0, maxEntries: 1e9, maxBytes: Infinity });
    } finally {
      await log.close();
    }
  }

  openLog(): Log {
    return openSqliteLog({ path: path.join(this.dataDirectory, 'log.db') });
  }

  get #where(): string[] {
    const where = ['--port', `${this.port}`, '--data', this.dataDirectory];
    const { cloud } = this.#options;
    if (cloud === undefined) return [...where, '--relay-only'];
    return cloud.url === undefined ? where : [...where, '--database-url', cloud.url];
  }

  #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return Promise.resolve(null);
    return new Promise((resolve) => {
      child.once('close', (code) => resolve(code));
      child.kill(signal);
    });
  }
}
