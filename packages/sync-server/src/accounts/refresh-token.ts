/**
 * A refresh token says which session it is of and which one of its tokens it is, and proves that the server made it:
 *
 *   base64url( session id, 16 bytes | generation, 4 bytes | HMAC-SHA256(key, session id | generation | seed) )
 *
 * The key is made from the secret of the server, the seed lies with the session: neither the database nor the secret alone
 * is enough to make one, and the newest can be made again for whoever did not get it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKeys, type Keys } from './derived-keys.ts';

export interface RefreshClaim {
  readonly sessionId: string;
  /** Counted from 1. */
  readonly generation: number;
}

/** A claim that nobody has checked yet. */
export interface ReadRefreshToken extends RefreshClaim {
  readonly mac: Uint8Array;
}

const ID_BYTES = 16;
const HEAD_BYTES = ID_BYTES + 4;
const TOKEN_BYTES = HEAD_BYTES + 32;

export const MAX_REFRESH_TOKEN_CHARACTERS = Math.ceil((TOKEN_BYTES * 4) / 3);

export class RefreshTokens {
  readonly #keys: Keys;

  constructor(secrets: readonly string[]) {
    this.#keys = deriveKeys(secrets, 'refresh tokens');
  }

  sign(claim: RefreshClaim, seed: Uint8Array): string {
    const head = headOf(claim);
    return Buffer.concat([head, macOf(this.#keys[0], head, seed)]).toString('base64url');
  }

  /** Whether we made it for the session that has this seed. */
  isGenuine(token: ReadRefreshToken, seed: Uint8Array): boolean {
    const head = headOf(token);
    return this.#keys.some((key) => timingSafeEqual(token.mac, macOf(key, head, seed)));
  }
}

/** Undefined for what is no refresh token. */
export function readRefreshToken(text: string): ReadRefreshToken | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== text) return undefined;
  return {
    sessionId: uuidOf(bytes.subarray(0, ID_BYTES)),
    generation: bytes.readUInt32BE(ID_BYTES),
    mac: bytes.subarray(HEAD_BYTES),
  };
}

function headOf({ sessionId, generation }: RefreshClaim): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(sessionId.replaceAll('-', ''), 'hex');
  head.writeUInt32BE(generation, ID_BYTES);
  return head;
}

function macOf(key: Uint8Array, head: Uint8Array, seed: Uint8Array): Buffer {
  return createHmac('sha256', key).update(head).update(seed).digest();
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
