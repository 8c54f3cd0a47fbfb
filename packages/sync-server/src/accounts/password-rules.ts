/** What a password has to be. Length is what counts; the rest keeps out what is guessed first. */
import { COMMON_PASSWORDS } from './common-passwords.ts';

export const MIN_PASSWORD_CHARACTERS = 8;
export const MAX_PASSWORD_CHARACTERS = 200;

/** What is wrong with it, to be read after "the password"; undefined where nothing is. */
export function passwordFault(password: string, email: string): string | undefined {
  const text = password.normalize('NFKC');
  const { length } = Array.from(text);
  if (length < MIN_PASSWORD_CHARACTERS) return `has to have ${MIN_PASSWORD_CHARACTERS} characters at least`;
  if (length > MAX_PASSWORD_CHARACTERS) return `has to have ${MAX_PASSWORD_CHARACTERS} characters at most`;
  const lowered = text.toLowerCase();
  if (lowered === email || lowered === email.split('@', 1)[0]) return 'must not be the e-mail address';
  if (COMMON_PASSWORDS.has(lowered)) return 'is one of those that everybody tries first';
  return undefined;
}
