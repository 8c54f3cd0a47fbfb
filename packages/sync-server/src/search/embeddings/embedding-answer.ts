/** What an embeddings endpoint has answered, checked: it comes from outside, and one wrong vector would spoil the order of all. */
import { z } from 'zod';
import { EmbedderError } from './embedder.ts';

const answerSchema = z.object({
  data: z.array(z.object({ index: z.int().min(0).optional(), embedding: z.array(z.number()).min(1) })),
});

/** What the database takes. */
export const MAX_DIMENSIONS = 16_000;
/** Of one answer: more than the vectors of a batch can be. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** The vectors in the order of the texts, which an answer need not keep to. */
export function parseAnswer(text: string, expected: number): readonly Float32Array[] {
  const parsed = answerSchema.safeParse(parseJson(text));
  if (!parsed.success) throw unusable('is no list of embeddings');
  const { data } = parsed.data;
  const vectors = new Map(data.map(({ index, embedding }, place) => [index ?? place, Float32Array.from(embedding)]));
  if (data.length !== expected || vectors.size !== expected) throw unusable(`is not of ${expected} texts`);
  return Array.from({ length: expected }, (_, index) => checked(vectors.get(index), expected));
}

export async function readAnswer(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw unusable('is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

export function unusable(what: string): EmbedderError {
  return new EmbedderError('unusable', `the answer of the embeddings endpoint ${what}`);
}

function checked(vector: Float32Array | undefined, expected: number): Float32Array {
  if (vector === undefined) throw unusable(`is not of ${expected} texts`);
  if (vector.length > MAX_DIMENSIONS) throw unusable(`has more than ${MAX_DIMENSIONS} dimensions`);
  if (!vector.every(Number.isFinite)) throw unusable('has numbers that are none');
  return vector;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
