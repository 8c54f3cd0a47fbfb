/**
 * API keys, encrypted on the device with a key of their own that is made from the account's secret. What is encrypted belongs
 * to one account and one provider: in another row it cannot be opened.
 */
import { DatabaseError } from '../errors.ts';
import type { AccountSecret } from './account-secret.ts';
import { AES_GCM_256, seal, unseal, utf8, type Bytes } from './cipher.ts';

export interface ApiKeyOwner {
  readonly userId: string;
  readonly provider: string;
}

/** Of this form; another one would begin with another. */
const PREFIX = 'v1.';

const PURPOSE = utf8('tributary api keys');

const HINT_CHARACTERS = 4;
/** So that a hint is never a large part of a key. */
const MIN_HINTED_CHARACTERS = 16;

/** Text for `api_keys.ciphertext`. */
export async function encryptApiKey(secret: AccountSecret, owner: ApiKeyOwner, key: string): Promise<string> {
  return PREFIX + textOf(await seal(await apiKeyKey(secret), utf8(key), contextOf(owner)));
}

/** Throws `api_key_unreadable`. */
export async function decryptApiKey(secret: AccountSecret, owner: ApiKeyOwner, ciphertext: string): Promise<string> {
  const sealed = ciphertext.startsWith(PREFIX) ? bytesOf(ciphertext.slice(PREFIX.length)) : undefined;
  const plain = sealed && (await unseal(await apiKeyKey(secret), sealed, contextOf(owner)));
  if (plain !== undefined) return new TextDecoder().decode(plain);
  throw new DatabaseError('api_key_unreadable', `the API key of ${owner.provider} cannot be read with this secret`);
}

/** The last characters, by which people know a key again; none of one that is too short for that. */
export function hintOf(key: string): string {
  const characters = Array.from(key);
  return characters.length < MIN_HINTED_CHARACTERS ? '' : `…${characters.slice(-HINT_CHARACTERS).join('')}`;
}

async function apiKeyKey(secret: AccountSecret): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const options = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: PURPOSE };
  return crypto.subtle.deriveKey(options, material, AES_GCM_256, false, ['encrypt', 'decrypt']);
}

/** As JSON, in which no two owners are the same text. */
function contextOf({ userId, provider }: ApiKeyOwner): Bytes {
  return utf8(JSON.stringify([userId, provider]));
}

function textOf(bytes: Bytes): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(''));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Undefined for what `textOf` does not write. */
function bytesOf(text: string): Bytes | undefined {
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Uint8Array.from(
    atob(text.replaceAll('-', '+').replaceAll('_', '/')),
    (byte) => byte.codePointAt(0) ?? 0,
  );
  return textOf(bytes) === text ? bytes : undefined;
}
