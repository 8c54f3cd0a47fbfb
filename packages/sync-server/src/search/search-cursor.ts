/**
 * Where a page ends, for the next one to begin behind it. It holds the hit itself, not a number of hits: what is written in
 * between moves nothing. The ages of documents are reckoned from the moment of the first page.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';

export interface PageEnd {
  readonly asOf: number;
  readonly rank: number;
  readonly workspaceId: string;
  readonly kind: string;
  readonly id: string;
}

const pageEndSchema = z.tuple([
  z.string(),
  z.int().min(0).max(8_640_000_000_000_000),
  z.number(),
  z.string().max(255),
  z.string().max(32),
  z.string().max(64),
]);

const MAX_CURSOR_CHARACTERS = 2_000;

/** `question` is all that the hits depend on: a cursor is good for the search that it came from. */
export function encodeCursor({ asOf, rank, workspaceId, kind, id }: PageEnd, question: string): string {
  return Buffer.from(JSON.stringify([digestOf(question), asOf, rank, workspaceId, kind, id])).toString('base64url');
}

/** Undefined for what is no cursor of this search. */
export function decodeCursor(cursor: string, question: string): PageEnd | undefined {
  if (cursor.length > MAX_CURSOR_CHARACTERS) return undefined;
  const parsed = pageEndSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) return undefined;
  const [digest, asOf, rank, workspaceId, kind, id] = parsed.data;
  if (digest !== digestOf(question) || [workspaceId, kind, id].some(isUnstorable)) return undefined;
  return { asOf, rank, workspaceId, kind, id };
}

function isUnstorable(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}

function digestOf(question: string): string {
  return createHash('sha256').update(question).digest('base64url').slice(0, 12);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
