/** What the fields of the workspace accept, beyond the types of their columns. */
import { z } from 'zod';

export const MAX_TITLE_LENGTH = 500;
export const MAX_TEXT_BYTES = 1_000_000;

export const idField = z.string().min(1).max(200);

/** A title may be empty: people write first and name later. */
export const titleField = z.string().trim().max(MAX_TITLE_LENGTH).optional();

export const nameField = z.string().trim().min(1).max(MAX_TITLE_LENGTH);

/** A short word from an open list, such as the kind of an entity. */
export const wordField = z.string().trim().min(1).max(100);

export const pathField = z.string().min(1).max(4_096);

export const countField = z.int().min(0);

/** How many rows a list holds at most. */
export const limitField = z.int().min(0);

export const textField = z.string().refine((text) => fitsInBytes(text, MAX_TEXT_BYTES), {
  error: `Too big: at most ${MAX_TEXT_BYTES} bytes`,
});

/** Anything that JSON can hold, and nothing that it would change on the way, such as a Date. */
export const jsonField = z.json().refine(isSmallJson, {
  error: `Too big: at most ${MAX_TEXT_BYTES} bytes`,
});

export const jsonObjectField = z.record(z.string(), z.json()).refine(isSmallJson, {
  error: `Too big: at most ${MAX_TEXT_BYTES} bytes`,
});

export const jsonListField = z.array(z.json()).refine(isSmallJson, {
  error: `Too big: at most ${MAX_TEXT_BYTES} bytes`,
});

function isSmallJson(value: unknown): boolean {
  return fitsInBytes(JSON.stringify(value), MAX_TEXT_BYTES);
}

/** As UTF-8; a UTF-16 code unit takes three bytes at most, so short texts need no count. */
export function fitsInBytes(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || new TextEncoder().encode(text).length <= maxBytes;
}
