/**
 * Any endpoint that speaks OpenAI's `/v1/embeddings`: a service, or a model on the same machine. What it answers with an error
 * is never repeated to anybody, for some repeat the key in it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbedderError, type EmbedOptions, type Embedder, type EmbedderFault } from './embedder.ts';
import { parseAnswer, readAnswer, unusable } from './embedding-answer.ts';

export interface HttpEmbedderOptions {
  /** The endpoint itself, or where it is: `/v1/embeddings` is added where it does not end so. */
  readonly url: string;
  readonly model: string;
  /** Sent as a bearer token. */
  readonly key?: string | undefined;
  /** Of one request. */
  readonly timeoutMs?: number;
  /** Texts in one request. */
  readonly maxBatch?: number;
  /** Before a request is sent again; twice as long before the next time. */
  readonly firstPauseMs?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BATCH = 32;
const DEFAULT_FIRST_PAUSE_MS = 500;
const MAX_ATTEMPTS = 3;
/** Longer is not waited within a call, whatever the endpoint asks for. */
const MAX_PAUSE_MS = 10_000;
/** What the answer to a text that it does not take may be: malformed, too large, or no word for it. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422]);

export function createHttpEmbedder(options: HttpEmbedderOptions): Embedder {
  const client = new HttpEmbedder(options);
  return { model: options.model, embed: (texts, embedOptions) => client.embed(texts, embedOptions) };
}

class HttpEmbedder {
  readonly #url: URL;
  readonly #model: string;
  readonly #key: string | undefined;
  readonly #timeoutMs: number;
  readonly #maxBatch: number;
  readonly #firstPauseMs: number;
  /** Of the first answer. */
  #dimensions: number | undefined;

  constructor({ url, model, key, timeoutMs, maxBatch, firstPauseMs }: HttpEmbedderOptions) {
    this.#url = endpointOf(url);
    this.#model = model;
    this.#key = key;
    this.#timeoutMs = timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#maxBatch = maxBatch ?? DEFAULT_MAX_BATCH;
    this.#firstPauseMs = firstPauseMs ?? DEFAULT_FIRST_PAUSE_MS;
  }

  async embed(texts: readonly string[], { signal }: EmbedOptions = {}): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let from = 0; from < texts.length; from += this.#maxBatch) {
      vectors.push(...(await this.#embedBatch(texts.slice(from, from + this.#maxBatch), signal)));
    }
    return vectors;
  }

  async #embedBatch(texts: readonly string[], signal: AbortSignal | undefined): Promise<readonly Float32Array[]> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#request(texts, signal);
      if (response.type === 'vectors') return this.#sameLength(response.vectors);
      if (attempt === MAX_ATTEMPTS || response.error.fault !== 'away' || signal?.aborted) throw response.error;
      const pauseMs = Math.max(
        response.retryAfterMs,
        this.#firstPauseMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 2),
      );
      await pause(Math.min(MAX_PAUSE_MS, pauseMs), signal);
    }
  }

  async #request(texts: readonly string[], signal: AbortSignal | undefined): Promise<Answer> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...(this.#key && { Authorization: `Bearer ${this.#key}` }) },
        body: JSON.stringify({ model: this.#model, input: texts, encoding_format: 'float' }),
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        // The key is for this address alone.
        redirect: 'error',
      });
      if (response.ok) return { type: 'vectors', vectors: parseAnswer(await readAnswer(response), texts.length) };
      await response.body?.cancel();
      return refused(response);
    } catch (cause) {
      if (cause instanceof EmbedderError) throw cause;
      const what = timeout.aborted ? `did not answer within ${this.#timeoutMs} ms` : 'cannot be reached';
      return { type: 'failed', error: new EmbedderError('away', `the embeddings endpoint ${what}`), retryAfterMs: 0 };
    }
  }

  #sameLength(vectors: readonly Float32Array[]): readonly Float32Array[] {
    this.#dimensions ??= vectors[0]?.length;
    const other = vectors.find(({ length }) => length !== this.#dimensions);
    if (other !== undefined) throw unusable(`has ${other.length} dimensions, where there were ${this.#dimensions}`);
    return vectors;
  }
}

type Answer =
  | { readonly type: 'vectors'; readonly vectors: readonly Float32Array[] }
  | { readonly type: 'failed'; readonly error: EmbedderError; readonly retryAfterMs: number };

function refused({ status, headers }: Response): Answer {
  const seconds = Number(headers.get('Retry-After') ?? 0);
  const error = new EmbedderError(faultOf(status), `the embeddings endpoint answered with status ${status}`);
  return { type: 'failed', error, retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0 };
}

function faultOf(status: number): EmbedderFault {
  if (status === 408 || status === 429 || status >= 500) return 'away';
  return REFUSALS.has(status) ? 'text_refused' : 'unusable';
}

function endpointOf(url: string): URL {
  const endpoint = new URL(url);
  // fetch would refuse it, and say what it is.
  if (endpoint.username !== '' || endpoint.password !== '') throw new TypeError('the URL must not hold a password');
  const path = endpoint.pathname.replace(/\/+$/, '');
  const missing = path.endsWith('/embeddings') ? '' : path.endsWith('/v1') ? '/embeddings' : '/v1/embeddings';
  endpoint.pathname = path + missing;
  return endpoint;
}

/** Ends early when nobody waits any more; the next request then fails by itself. */
async function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(durationMs, undefined, signal && { signal }).catch(() => undefined);
}
