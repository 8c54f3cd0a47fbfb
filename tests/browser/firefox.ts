/** A real Firefox with a profile of its own, spoken to in WebDriver BiDi: it opens pages, and is killed like a crash. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { findFirefox } from '../../scripts/setup-browsers.mjs';
import { BrowserProcess } from './browser-process.ts';

const PROGRAM = findFirefox();

/** Why there is no Firefox to test in; absent where there is one. */
export const FIREFOX_FAULT: string | undefined =
  PROGRAM === undefined
    ? 'no Firefox was found, and it could not be installed; set FIREFOX_PATH or install one'
    : undefined;

export class RunningFirefox {
  readonly #process: BrowserProcess;
  readonly #session: BiDi;

  private constructor(process: BrowserProcess, session: BiDi) {
    this.#process = process;
    this.#session = session;
  }

  static async launch(profile: string): Promise<RunningFirefox> {
    if (PROGRAM === undefined) throw new Error(FIREFOX_FAULT);
    const flags = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile];
    const process = new BrowserProcess(PROGRAM, flags);
    try {
      return new RunningFirefox(process, await BiDi.connect(await process.addressAfter('WebDriver BiDi listening on')));
    } catch (error) {
      await process.kill();
      throw error;
    }
  }

  /** In the tab that it has begun with. */
  async open(url: string): Promise<void> {
    await this.#session.send('browsingContext.navigate', { context: await this.#context(), url, wait: 'complete' });
  }

  /** What the page's expression comes to, as JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#session.send<Evaluation>('script.evaluate', {
      expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`,
      target: { context: await this.#context() },
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    return JSON.parse(result?.value ?? 'null') as T;
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  async #context(): Promise<string> {
    const { contexts } = await this.#session.send<{ contexts: { context: string }[] }>('browsingContext.getTree');
    const [first] = contexts;
    if (first === undefined) throw new Error('Firefox has no tab');
    return first.context;
  }
}

interface Evaluation {
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

class BiDi {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#received(JSON.parse(data.toString()) as Received));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Firefox has ended'));
    });
  }

  static async connect(address: string): Promise<BiDi> {
    const socket = new WebSocket(`${address}/session`);
    await once(socket, 'open');
    const session = new BiDi(socket);
    await session.send('session.new', { capabilities: {} });
    return session;
  }

  send<T>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject })) as Promise<T>;
  }

  #received({ id, result, error, message }: Received): void {
    if (id === undefined) return;
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) answer?.resolve(result);
    else answer?.reject(new Error(`${error}: ${message ?? ''}`));
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Received {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}
