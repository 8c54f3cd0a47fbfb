/** What the fields of the workspace accept, beyond the types of their columns. */
import * as rule from './rule.ts';

export const MAX_TITLE_LENGTH = 500;
export const MAX_TEXT_BYTES = 1_000_000;

const TOO_BIG = `Too big: at most ${MAX_TEXT_BYTES} bytes`;

export const idField = rule.text({ min: 1, max: 200 });

/** A title may be empty: people write first and name later. */
export const titleField = rule.optional(rule.text({ form: trimmed, max: MAX_TITLE_LENGTH }));

export const nameField = rule.text({ form: trimmed, min: 1, max: MAX_TITLE_LENGTH });

/** A short word from an open list, such as the kind of an entity. */
export const wordField = rule.text({ form: trimmed, min: 1, max: 100 });

export const pathField = rule.text({ min: 1, max: 4_096 });

export const countField = rule.integer({ min: 0 });

/** How many rows a list holds at most. */
export const limitField = rule.integer({ min: 0 });

export const textField = rule.where(rule.text(), isSmallText, TOO_BIG);

/** Text that is not empty. */
export const contentField = rule.where(rule.text({ min: 1 }), isSmallText, TOO_BIG);

export const jsonField = rule.where(rule.json, isSmallJson, TOO_BIG);

export const jsonObjectField = rule.where(rule.record(rule.json), isSmallJson, TOO_BIG);

export const jsonListField = rule.where(rule.list(rule.json), isSmallJson, TOO_BIG);

/** As UTF-8; a UTF-16 code unit takes three bytes at most, so short texts need no count. */
export function fitsInBytes(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || new TextEncoder().encode(text).length <= maxBytes;
}

function trimmed(text: string): string {
  return text.trim();
}

function isSmallText(text: string): boolean {
  return fitsInBytes(text, MAX_TEXT_BYTES);
}

function isSmallJson(value: unknown): boolean {
  return isSmallText(JSON.stringify(value));
}
