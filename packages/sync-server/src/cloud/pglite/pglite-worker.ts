/** One life of the worker, as a session. When it dies, or is ended because a statement takes too long, this one is over. */
import { Worker } from 'node:worker_threads';
import { CloudError, cloudErrorOf } from '../cloud-error.ts';
import type { Session, SessionStatus, TransactionStatus, WireResult } from '../session/session.ts';
import type { WireParam } from '../values/encode-param.ts';
import { compiledFile } from './worker-file.ts';
import type { WorkerAnswer, WorkerRequest, WorkerSettings } from './worker-messages.ts';

interface Waiting {
  resolve(result: WireResult): void;
  reject(error: CloudError): void;
}

export class PgliteWorker implements Session {
  readonly #worker: Worker;
  readonly #directory: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #status: TransactionStatus = 'idle';
  #fault: CloudError | undefined;
  #nextId = 1;

  private constructor(worker: Worker, directory: string) {
    this.#worker = worker;
    this.#directory = directory;
    worker.on('message', (answer: WorkerAnswer) => this.#take(answer));
    worker.on('error', (cause) => {
      this.#fail(new CloudError('cloud_unavailable', `PGlite failed: ${cause.message}`, { cause }));
    });
    this.#exited = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.#fail(new CloudError('cloud_unavailable', `the worker of PGlite ended with code ${code}`));
        resolve();
      });
    });
  }

  static async start(settings: WorkerSettings): Promise<PgliteWorker> {
    const worker = new Worker(compiledFile('worker.js'), {
      name: 'tributary-pglite',
      workerData: settings,
      execArgv: [],
    });
    const started = new PgliteWorker(worker, settings.directory);
    await started.#ready();
    return started;
  }

  /** Undefined while it can be used. */
  get fault(): CloudError | undefined {
    return this.#fault;
  }

  get status(): SessionStatus {
    return this.#fault === undefined ? this.#status : 'lost';
  }

  query(sql: string, params: readonly WireParam[]): Promise<WireResult> {
    return this.#ask((id) => ({ kind: 'query', id, sql, params }));
  }

  async execute(sql: string): Promise<void> {
    await this.#ask((id) => ({ kind: 'execute', id, sql }));
  }

  abort(error: CloudError): void {
    this.#fail(error);
    void this.#worker.terminate();
  }

  /** Resolves when the files are nobody's. */
  async close(): Promise<void> {
    if (this.#fault === undefined) this.#say({ kind: 'close' });
    await this.#exited;
  }

  /** Resolves when a worker that has failed has let go of the files. */
  exited(): Promise<void> {
    return this.#exited;
  }

  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve: () => resolve(), reject });
    });
  }

  #ask(request: (id: number) => WorkerRequest): Promise<WireResult> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#say(request(id));
    });
  }

  #say(request: WorkerRequest): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
    this.#worker.postMessage(request);
  }

  #take(answer: WorkerAnswer): void {
    switch (answer.kind) {
      case 'ready':
        return this.#settle(0, { result: { fields: [], rows: [], command: '', rowCount: 0 } });
      case 'failedToOpen':
        return this.#fail(new CloudError('cloud_refused', `PGlite cannot open ${this.#directory}: ${answer.message}`));
      case 'answer':
        this.#status = answer.status;
        return this.#settle(answer.id, answer.outcome);
    }
  }

  #settle(id: number, outcome: Extract<WorkerAnswer, { kind: 'answer' }>['outcome']): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if ('result' in outcome) waiting?.resolve(outcome.result);
    else waiting?.reject(cloudErrorOf(outcome.fault));
  }

  #fail(error: CloudError): void {
    this.#fault ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#fault);
    this.#waiting.clear();
  }
}
