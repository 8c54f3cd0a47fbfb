/** E-mail addresses as they are kept. It is not checked whether anybody reads what is sent there. */

/** What SMTP can deliver to. */
const MAX_CHARACTERS = 254;

/** Something on both sides of one @, without spaces or what cannot be seen. */
const SHAPE = /^[^@\p{C}\p{Z}]{1,64}@[^@\p{C}\p{Z}]+$/u;

/** Undefined for what is none. */
export function parseEmail(text: string): string | undefined {
  const email = text.trim().normalize('NFC').toLowerCase();
  return email.length <= MAX_CHARACTERS && SHAPE.test(email) ? email : undefined;
}
