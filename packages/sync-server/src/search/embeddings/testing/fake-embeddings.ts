/**
 * An embeddings endpoint whose vectors are bags of words, the same each time: a word is a place in the vector, and words that
 * mean the same share one. It can be told to misbehave.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EmbeddingsRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly model: string;
  readonly input: readonly string[];
}

/** Answers by itself, or leaves it to the fake. */
export type Misbehaviour = (request: EmbeddingsRequest, response: ServerResponse) => boolean | Promise<boolean>;

const SYNONYMS: Readonly<Record<string, string>> = {
  automobile: 'car',
  vehicle: 'car',
  physician: 'doctor',
  hospital: 'doctor',
  puppy: 'dog',
};
const DEFAULT_DIMENSIONS = 48;

export function bagOfWords(text: string, dimensions = DEFAULT_DIMENSIONS): number[] {
  const vector = Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    const place = hash(SYNONYMS[word] ?? word) % dimensions;
    vector[place] = (vector[place] ?? 0) + 1;
  }
  return vector;
}

export class FakeEmbeddings {
  readonly requests: EmbeddingsRequest[] = [];
  dimensions = DEFAULT_DIMENSIONS;
  misbehave: Misbehaviour = () => false;
  readonly #server: Server;
  #port = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<FakeEmbeddings> {
    const fake = new FakeEmbeddings();
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    fake.#port = (fake.#server.address() as AddressInfo).port;
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** All texts that were asked for. */
  get texts(): string[] {
    return this.requests.flatMap(({ input }) => input);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { model, input } = JSON.parse(await textOf(incoming)) as Pick<EmbeddingsRequest, 'model' | 'input'>;
    const request = { path: incoming.url ?? '', authorization: incoming.headers.authorization, model, input };
    this.requests.push(request);
    if (await this.misbehave(request, response)) return;
    const data = input.map((text, index) => ({ index, embedding: bagOfWords(text, this.dimensions) }));
    // In another order than that of the texts, as is allowed.
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ object: 'list', model, data: data.toReversed() }));
  }
}

/** With a status and a body. */
export function answering(status: number, body = '', headers: Readonly<Record<string, string>> = {}): Misbehaviour {
  return (_request, response) => {
    response.writeHead(status, headers).end(body);
    return true;
  };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of incoming.setEncoding('utf8')) text += part as string;
  return text;
}

function hash(word: string): number {
  let value = 7;
  for (const character of word) value = (value * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return value;
}
