/** Keys for one purpose each, made from the secrets of the server: what one of them has signed is nothing to another. */
import { hkdfSync } from 'node:crypto';

const KEY_BYTES = 32;

/** The first one makes, all check, so that a secret can be replaced while what it has made lives on. */
export type Keys = readonly [Uint8Array, ...Uint8Array[]];

export function deriveKeys(secrets: readonly string[], purpose: string): Keys {
  const [first, ...others] = secrets.map((secret) => deriveKey(secret, purpose));
  if (first === undefined) throw new TypeError('nothing can be signed without a secret');
  return [first, ...others];
}

function deriveKey(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `tributary ${purpose}`, KEY_BYTES));
}
