/** One step of the worker: of some documents, those that have changed get new vectors, and those that are gone lose theirs. */
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import type { WorkspaceDocument } from '../documents.ts';
import { EmbedderError, type Embedder } from './embedder.ts';
import type { EmbeddingTable } from './embedding-table.ts';
import { readStale, removeEmbeddings, writeEmbeddings, type StaleDocument } from './stale-documents.ts';

export interface EmbedDocumentsOptions {
  readonly cloud: CloudDatabase;
  readonly embedder: Embedder;
  readonly table: EmbeddingTable;
  readonly signal: AbortSignal;
  /** Texts that the embedder does not take, by their hashes. They are not offered again. */
  readonly refused: Set<string>;
}

export interface EmbeddedBatch {
  readonly written: number;
  readonly removed: number;
  readonly refused: number;
}

/** Texts in one call, so that a failure costs no more than these. */
const MAX_TEXTS = 32;
const MAX_REFUSED = 10_000;

/** Between reading a text and writing its vector there is no transaction: an endpoint may take long. */
export async function embedDocuments(
  documents: readonly WorkspaceDocument[],
  options: EmbedDocumentsOptions,
): Promise<EmbeddedBatch> {
  const { cloud, table, refused } = options;
  const stale = await readStale(cloud, documents, table);
  // The vector of an earlier text would find what is no longer there.
  const gone = stale.filter(({ text, hash }) => text === '' || refused.has(hash));
  await removeEmbeddings(cloud, gone);
  const wanted = stale.filter(({ text, hash }) => text !== '' && !refused.has(hash));
  let written = 0;
  for (let from = 0; from < wanted.length; from += MAX_TEXTS) {
    written += await embedSome(wanted.slice(from, from + MAX_TEXTS), options);
  }
  return { written, removed: gone.length, refused: wanted.length - written };
}

async function embedSome(documents: readonly StaleDocument[], options: EmbedDocumentsOptions): Promise<number> {
  const { cloud, embedder, table, signal } = options;
  let vectors: readonly Float32Array[];
  try {
    vectors = await embedder.embed(
      documents.map(({ text }) => text),
      { signal },
    );
  } catch (error) {
    if (!(error instanceof EmbedderError) || error.fault !== 'text_refused') throw error;
    return documents.length === 1 ? refuse(documents, options) : embedEach(documents, options);
  }
  expectVectors(vectors, documents.length, table);
  const embedded = documents.map((document, index) => ({ ...document, vector: vectors[index] ?? new Float32Array() }));
  await writeEmbeddings(cloud, embedded, table);
  return documents.length;
}

/** One of them is refused, and the others need not suffer for it. */
async function embedEach(documents: readonly StaleDocument[], options: EmbedDocumentsOptions): Promise<number> {
  let written = 0;
  for (const document of documents) written += await embedSome([document], options);
  return written;
}

async function refuse(documents: readonly StaleDocument[], { cloud, refused }: EmbedDocumentsOptions): Promise<number> {
  if (refused.size >= MAX_REFUSED) refused.clear();
  for (const { hash } of documents) refused.add(hash);
  await removeEmbeddings(cloud, documents);
  return 0;
}

function expectVectors(vectors: readonly Float32Array[], count: number, { dimensions }: EmbeddingTable): void {
  if (vectors.length !== count) {
    throw new EmbedderError('unusable', `the embedder gave ${vectors.length} vectors for ${count} texts`);
  }
  const other = vectors.find(({ length }) => length !== dimensions);
  if (other === undefined) return;
  throw new EmbedderError('unusable', `the embedder gave ${other.length} dimensions, where there were ${dimensions}`);
}
