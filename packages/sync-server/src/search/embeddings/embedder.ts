/**
 * Texts as vectors that lie close to each other where the texts mean the same. Who makes them is the operator's choice: an
 * HTTP endpoint (`createHttpEmbedder`), or a program's own.
 */
export interface Embedder {
  /** Vectors of different models cannot be compared. */
  readonly model: string;
  /** One vector for each text, in their order, all of one length. What fails may be tried again, see EmbedderError. */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<readonly Float32Array[]>;
}

export interface EmbedOptions {
  /** Nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

export type EmbedderFault =
  /** It cannot be reached, or has too much to do: the same call may succeed later. */
  | 'away'
  /** It does not take one of these texts; others it may. */
  | 'text_refused'
  /** A wrong address, key or model, or an answer that makes no sense: somebody has to see to it. */
  | 'unusable';

/** Its message holds neither texts nor keys, nor what the endpoint has said. */
export class EmbedderError extends Error {
  readonly fault: EmbedderFault;

  constructor(fault: EmbedderFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbedderError';
    this.fault = fault;
  }
}
