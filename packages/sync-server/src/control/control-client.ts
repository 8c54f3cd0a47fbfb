/** A command's side of the control channel: finds the running server of a data directory, and has it do something. */
import { request, type IncomingMessage } from 'node:http';
import { ServerError } from '../errors.ts';
import { CONTROL_PATH, readControlFile, type ControlFile } from './control-file.ts';
import type { Operation } from './operation.ts';
import { errorOfWire, type WireMessage } from './wire-message.ts';

/** A server that is busy answers later; one that does not answer at all holds the lock, and that is told then. */
const HELLO_TIMEOUT_MS = 5_000;

export class ControlClient {
  readonly #file: ControlFile;

  private constructor(file: ControlFile) {
    this.#file = file;
  }

  /** Undefined where no server is running there, whatever file a dead one has left. */
  static async find(dataDirectory: string): Promise<ControlClient | undefined> {
    const file = readControlFile(dataDirectory);
    if (file === undefined) return undefined;
    const client = new ControlClient(file);
    return (await client.#isThere()) ? client : undefined;
  }

  /** Of the server, as others reach it from this machine. */
  get address(): string {
    return this.#file.address;
  }

  get pid(): number {
    return this.#file.pid;
  }

  async call<Input, Event, Result>(
    { name }: Operation<Input, Event, Result>,
    input: Input,
    onEvent: (event: Event) => void | Promise<void>,
  ): Promise<Result> {
    const answer = await this.#send('POST', name, { body: JSON.stringify(input) });
    if (answer.statusCode !== 200) {
      answer.resume();
      throw lost(`the server (process ${this.pid}) does not know the command ${name}: is it of another version?`);
    }
    for await (const message of messagesOf(answer)) {
      // What is on this line was said by our own server, which knows the operation as we do.
      if (message.kind === 'event') await onEvent(message.event as Event);
      else if (message.kind === 'done') return message.result as Result;
      else throw errorOfWire(message.error);
    }
    throw lost(`the server (process ${this.pid}) ended before it had answered`);
  }

  async #isThere(): Promise<boolean> {
    try {
      const answer = await this.#send('GET', 'hello', { timeoutMs: HELLO_TIMEOUT_MS });
      const { pid } = JSON.parse(await textOf(answer)) as { pid?: unknown };
      return pid === this.#file.pid;
    } catch {
      return false;
    }
  }

  #send(method: string, name: string, { body, timeoutMs }: Sent): Promise<IncomingMessage> {
    const { address, token } = this.#file;
    return new Promise((resolve, reject) => {
      const sent = request(`${address}${CONTROL_PATH}/${name}`, {
        method,
        agent: false,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        ...(timeoutMs !== undefined && { timeout: timeoutMs }),
      });
      sent.once('response', resolve);
      sent.once('timeout', () => sent.destroy(new Error('no answer')));
      sent.once('error', (cause) => reject(lost(`the server cannot be reached: ${cause.message}`, cause)));
      sent.end(body);
    });
  }
}

interface Sent {
  readonly body?: string;
  readonly timeoutMs?: number;
}

async function* messagesOf(answer: IncomingMessage): AsyncGenerator<WireMessage> {
  answer.setEncoding('utf8');
  let rest = '';
  try {
    for await (const text of answer as AsyncIterable<string>) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as WireMessage;
    }
  } catch (cause) {
    throw lost('the connection to the server was lost before it had answered', cause);
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  answer.setEncoding('utf8');
  let text = '';
  for await (const part of answer as AsyncIterable<string>) text += part;
  return text;
}

function lost(message: string, cause?: unknown): ServerError {
  return new ServerError('server_lost', message, { cause });
}
