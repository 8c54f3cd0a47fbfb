/** AES-GCM with 256 bits, in one piece: 12 bytes of nonce, drawn anew each time, then the ciphertext and its tag. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export type Bytes = Uint8Array<ArrayBuffer>;

export const AES_GCM_256 = { name: 'AES-GCM', length: 256 } as const;

/** `context` is what the ciphertext belongs to: with another one it cannot be opened. */
export async function seal(key: CryptoKey, plain: Bytes, context: Bytes): Promise<Bytes> {
  const nonce = randomBytes(NONCE_BYTES);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: context }, key, plain);
  const whole = new Uint8Array(NONCE_BYTES + sealed.byteLength);
  whole.set(nonce);
  whole.set(new Uint8Array(sealed), NONCE_BYTES);
  return whole;
}

/** Undefined where the key, the context or a byte is another one. */
export async function unseal(key: CryptoKey, whole: Uint8Array, context: Bytes): Promise<Bytes | undefined> {
  if (whole.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const iv = whole.slice(0, NONCE_BYTES);
  try {
    const options = { name: 'AES-GCM', iv, additionalData: context };
    return new Uint8Array(await crypto.subtle.decrypt(options, key, whole.slice(NONCE_BYTES)));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'OperationError') return undefined;
    throw error;
  }
}

export function randomBytes(count: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(count));
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}
