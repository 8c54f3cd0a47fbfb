/**
 * The server's side of the control channel: routes on its own port that nobody else is told of. Each answer is a stream of
 * JSON lines, so that somebody sees how far it is, and one who goes away ends what was done for them.
 */
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Logger } from '../logger.ts';
import { mayControl, type AccessRule } from './control-access.ts';
import type { AnyOperation, Workplace } from './operation.ts';
import { wireErrorOf, type WireMessage } from './wire-message.ts';

export interface ControlHostOptions {
  readonly token: string;
  readonly place: Workplace;
  readonly operations: readonly AnyOperation[];
  readonly logger: Logger;
}

type Env = { Bindings: HttpBindings };

const NOTHING_THERE = '404 Not Found';

export class ControlHost {
  readonly token: string;
  readonly #options: ControlHostOptions;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #lastExclusive: Promise<unknown> = Promise.resolve();
  #rule: AccessRule | undefined;

  constructor(options: ControlHostOptions) {
    this.token = options.token;
    this.#options = options;
  }

  /** From now on commands are taken, where they name this address. */
  open(address: string): void {
    this.#rule = { token: this.token, host: new URL(address).host };
  }

  get app(): Hono<Env> {
    const app = new Hono<Env>();
    // A stranger cannot tell it from a server that has no such thing.
    app.use('*', async (context, next) => {
      const isAllowed = this.#rule !== undefined && mayControl(context.env.incoming, this.#rule);
      return isAllowed ? next() : context.text(NOTHING_THERE, 404);
    });
    app.get('/1/hello', (context) => context.json({ pid: process.pid }));
    app.post('/1/:name', async (context) => {
      const operation = this.#options.operations.find(({ name }) => name === context.req.param('name'));
      if (operation === undefined || this.#stopping.signal.aborted) return context.text(NOTHING_THERE, 404);
      return this.#answer(operation, await context.req.json<unknown>());
    });
    return app;
  }

  /** Ends what is being done at its next step, and waits for that. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #answer(operation: AnyOperation, input: unknown): Response {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const gone = new AbortController();
    writer.closed.catch(() => gone.abort());
    const encoder = new TextEncoder();
    const say = (message: WireMessage) => writer.write(encoder.encode(`${JSON.stringify(message)}\n`));
    const signal = AbortSignal.any([gone.signal, this.#stopping.signal]);
    const running = this.#run(operation, { input, say, signal })
      .then(() => writer.close())
      .catch(() => {})
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    return new Response(readable, { headers: { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' } });
  }

  async #run(operation: AnyOperation, { input, say, signal }: Asked): Promise<void> {
    const { place, logger } = this.#options;
    const emit = async (event: unknown): Promise<void> => {
      signal.throwIfAborted();
      await say({ kind: 'event', event });
    };
    try {
      const parsed: unknown = operation.input.parse(input);
      logger.debug({ operation: operation.name }, 'a command came in');
      const work = () => {
        signal.throwIfAborted();
        return operation.run(parsed, { place, emit, signal });
      };
      await say({ kind: 'done', result: await (operation.isExclusive ? this.#alone(work) : work()) });
    } catch (error) {
      await say({ kind: 'failed', error: wireErrorOf(error) });
    }
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastExclusive.then(work);
    this.#lastExclusive = turn.catch(() => {});
    return turn;
  }
}

interface Asked {
  readonly input: unknown;
  readonly say: (message: WireMessage) => Promise<void>;
  readonly signal: AbortSignal;
}
