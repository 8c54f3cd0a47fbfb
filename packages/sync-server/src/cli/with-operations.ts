/**
 * Gives a command its operations: those of the running server, or, where none is running, ones of its own on the data itself.
 * With a PostgreSQL of its own address, what does without the log asks that one directly.
 */
import type { Config } from '../config/config.ts';
import { ControlClient } from '../control/control-client.ts';
import type { Operation, Workplace } from '../control/operation.ts';

export interface Operations {
  /** Undefined where none is running. */
  readonly server: ControlClient | undefined;
  readonly call: <Input, Event, Result>(
    operation: Operation<Input, Event, Result>,
    input: Input,
    onEvent?: (event: Event) => void | Promise<void>,
  ) => Promise<Result>;
}

export interface Needs {
  readonly log: boolean;
}

export async function withOperations<T>(
  { dataDirectory, databaseUrl, relayOnly }: Config,
  { log: needsLog }: Needs,
  work: (operations: Operations) => Promise<T>,
): Promise<T> {
  const server = await ControlClient.find(dataDirectory);
  const isDirect = databaseUrl !== undefined && !relayOnly && !needsLog;
  if (server !== undefined && !isDirect) {
    return work({ server, call: (operation, input, onEvent = ignore) => server.call(operation, input, onEvent) });
  }
  // With a server nothing of this is needed, and the command is there at once.
  const { LocalWorkplace } = await import('../control/local-workplace.ts');
  const place = await LocalWorkplace.open({ dataDirectory, databaseUrl, needsLog });
  try {
    return await work({
      server,
      call: (operation, input, onEvent = ignore) => runHere(place, operation, input, onEvent),
    });
  } finally {
    await place.close();
  }
}

async function runHere<Input, Event, Result>(
  place: Workplace,
  operation: Operation<Input, Event, Result>,
  input: Input,
  onEvent: (event: Event) => void | Promise<void>,
): Promise<Result> {
  const { signal } = new AbortController();
  return operation.run(input, { place, signal, emit: async (event) => onEvent(event) });
}

function ignore(): void {}
