/** The real server with accounts, cloud copy and the build of the app, as a process of its own. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../network/free-port.ts';
import { runTributary } from '../network/run-tributary.ts';

const MAIN = fileURLToPath(new URL('./server-process.mjs', import.meta.url));

export interface AppServerOptions {
  /** Of the build. */
  readonly pages: string;
  /** Without accounts, as with `--relay-only`. */
  readonly isRelayOnly?: boolean;
}

export class AppServer {
  readonly dataDirectory = mkdtempSync(path.join(tmpdir(), 'tributary-app-server-'));
  readonly port: number;
  readonly #options: AppServerOptions;
  #child: ChildProcess | undefined;

  private constructor(port: number, options: AppServerOptions) {
    this.port = port;
    this.#options = options;
  }

  static async start(options: AppServerOptions): Promise<AppServer> {
    const server = new AppServer(await freePort(), options);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const { pages, isRelayOnly = false } = this.#options;
    const { port, dataDirectory } = this;
    const options = {
      port,
      dataDirectory,
      pages,
      control: true,
      ...(isRelayOnly ? { cloud: false } : { accounts: { signup: 'open' } }),
    };
    const child = fork(MAIN, [JSON.stringify(options)], {
      // Not those of the tests, which run from source.
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
    if (said !== port) throw new Error(`the server did not start: ${String(said)}`);
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** The rows of a query to the cloud copy, asked as an admin does. */
  async sql(query: string): Promise<readonly Record<string, unknown>[]> {
    const { code, out, err } = await runTributary('sql', query, '--data', this.dataDirectory, '--json');
    if (code !== 0) throw new Error(`tributary sql: ${err}`);
    return JSON.parse(out) as Record<string, unknown>[];
  }

  async close(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}
