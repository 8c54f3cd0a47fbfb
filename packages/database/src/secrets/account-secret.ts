/**
 * The secret of an account: 32 random bytes that a device makes once, and that leave it only encrypted with a key made from
 * the password. Who has the server and not the password can do nothing with it.
 *
 *   password ── PBKDF2, SHA-256 ──► key ── AES-GCM ──► wrapped secret, which the server keeps
 */
import { DatabaseError } from '../errors.ts';
import { AES_GCM_256, randomBytes, seal, unseal, utf8, type Bytes } from './cipher.ts';

/** Keep it in memory only. */
export type AccountSecret = Bytes & { readonly [brand]: true };
declare const brand: unique symbol;

export interface WrappedSecret {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly wrapped: Uint8Array;
}

export interface WrapOptions {
  /** How often the password is hashed: what makes guessing slow. */
  readonly iterations?: number;
}

const SECRET_BYTES = 32;
const SALT_BYTES = 16;
const DEFAULT_ITERATIONS = 600_000;
const MAX_ITERATIONS = 100_000_000;

const CONTEXT = utf8('tributary account secret');

export function createAccountSecret(): AccountSecret {
  return randomBytes(SECRET_BYTES) as AccountSecret;
}

export async function wrapSecret(
  secret: AccountSecret,
  password: string,
  { iterations = DEFAULT_ITERATIONS }: WrapOptions = {},
): Promise<WrappedSecret> {
  const salt = randomBytes(SALT_BYTES);
  const key = await passwordKey(password, salt, iterations);
  return { salt, iterations, wrapped: await seal(key, secret, CONTEXT) };
}

/** Throws `wrong_password`, also for a secret that was damaged: the two cannot be told apart. */
export async function unwrapSecret(
  { salt, iterations, wrapped }: WrappedSecret,
  password: string,
): Promise<AccountSecret> {
  const isSound = Number.isSafeInteger(iterations) && iterations > 0 && iterations <= MAX_ITERATIONS;
  const key = isSound ? await passwordKey(password, salt.slice(), iterations) : undefined;
  const secret = key && (await unseal(key, wrapped, CONTEXT));
  if (secret?.length === SECRET_BYTES) return secret as AccountSecret;
  throw new DatabaseError('wrong_password', 'the password does not open the secret of the account');
}

/** However the password is typed, the same characters give the same key. */
async function passwordKey(password: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const typed = utf8(password.normalize('NFKC'));
  const material = await crypto.subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveKey']);
  const options = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return crypto.subtle.deriveKey(options, material, AES_GCM_256, false, ['encrypt', 'decrypt']);
}
