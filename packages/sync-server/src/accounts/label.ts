/** What people call something: one line, without what cannot be seen or stored. */
export const MAX_LABEL_CHARACTERS = 100;

export function cleanLabel(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
