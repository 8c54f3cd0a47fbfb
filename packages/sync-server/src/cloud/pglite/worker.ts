/**
 * The thread that PGlite runs in: it computes for as long as a statement takes, and the relay must not wait for it. Run as
 * compiled JavaScript only, for a worker of Node 20 cannot strip types (see worker-file.ts).
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import { CheckpointClock } from './checkpoint-clock.ts';
import { openPglite } from './open-pglite.ts';
import { exchangeExecute, exchangeQuery } from './wire-protocol.ts';
import type { WorkerAnswer, WorkerRequest, WorkerSettings } from './worker-messages.ts';

/** With which PostgreSQL leaves a statement that has failed; any other exception has left it in pieces. */
const STATEMENT_FAILED = 100;
const BROKEN_EXIT_CODE = 70;
/** Reads and runs one message; PGlite calls it for each. */
const MAIN_LOOP = '_PostgresMainLoopOnce';

const port = parentPort;
if (port !== null) await run(port);

async function run(main: NonNullable<typeof parentPort>): Promise<void> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
  const say = (message: WorkerAnswer): void => main.postMessage(message);
  let pglite: PGlite;
  try {
    pglite = await openPglite((workerData as WorkerSettings).directory);
  } catch (error) {
    say({ kind: 'failedToOpen', message: error instanceof Error ? error.message : String(error) });
    return;
  }
  endWhenBroken(pglite);
  const clock = new CheckpointClock(pglite);
  let last: Promise<unknown> = Promise.resolve();
  main.on('message', (request: WorkerRequest) => {
    last = last.then(() => (request.kind === 'close' ? close(pglite) : answer(pglite, clock, request, say)));
  });
  say({ kind: 'ready' });
}

async function answer(
  pglite: PGlite,
  clock: CheckpointClock,
  request: Exclude<WorkerRequest, { kind: 'close' }>,
  say: (message: WorkerAnswer) => void,
): Promise<void> {
  const { id, sql } = request;
  const exchange = await (request.kind === 'query'
    ? exchangeQuery(pglite, sql, request.params)
    : exchangeExecute(pglite, sql));
  say({ kind: 'answer', id, ...exchange });
  if (exchange.status === 'idle') await clock.tick();
}

async function close(pglite: PGlite): Promise<void> {
  await exchangeExecute(pglite, 'CHECKPOINT');
  await pglite.close();
  process.exit(0);
}

/** PGlite passes over exceptions that are none of PostgreSQL's, and would go on with a memory in any state, or for ever. */
function endWhenBroken({ Module }: PGlite): void {
  const mainLoop = Module[MAIN_LOOP];
  Module[MAIN_LOOP] = (...args: Parameters<typeof mainLoop>) => {
    try {
      return mainLoop(...args);
    } catch (error) {
      if ((error as { status?: number }).status !== STATEMENT_FAILED) process.exit(BROKEN_EXIT_CODE);
      throw error;
    }
  };
}
