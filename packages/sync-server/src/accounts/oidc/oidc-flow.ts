/**
 * What has to be remembered between leaving for the identity provider and coming back. It lies in a cookie of the browser
 * that left, encrypted, so that nobody else can come back in its place, and the server keeps nothing.
 */
import { EncryptJWT, jwtDecrypt } from 'jose';
import { z } from 'zod';
import { deriveKeys, type Keys } from '../derived-keys.ts';

export interface OidcFlow {
  readonly state: string;
  readonly nonce: string;
  /** PKCE. */
  readonly verifier: string;
  /** A path of the app. */
  readonly returnTo: string;
  readonly device: { readonly id?: string | undefined; readonly name: string; readonly platform: string };
}

/** How long somebody may take to sign in there. */
export const FLOW_LIFETIME_MS = 10 * 60_000;

const ENCRYPTION = { alg: 'dir', enc: 'A256GCM' } as const;

const flowSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  device: z.object({ id: z.string().optional(), name: z.string(), platform: z.string() }),
});

export class OidcFlows {
  readonly #keys: Keys;
  readonly #now: () => number;

  constructor(secrets: readonly string[], now: () => number) {
    this.#keys = deriveKeys(secrets, 'sign-in elsewhere');
    this.#now = now;
  }

  seal(flow: OidcFlow): Promise<string> {
    return new EncryptJWT({ ...flow })
      .setProtectedHeader(ENCRYPTION)
      .setExpirationTime(Math.floor((this.#now() + FLOW_LIFETIME_MS) / 1000))
      .encrypt(this.#keys[0]);
  }

  /** Undefined for what is not ours, or too old. */
  async open(sealed: string): Promise<OidcFlow | undefined> {
    for (const key of this.#keys) {
      const flow = await this.#openWith(key, sealed);
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  async #openWith(key: Uint8Array, sealed: string): Promise<OidcFlow | undefined> {
    try {
      const { payload } = await jwtDecrypt(sealed, key, {
        keyManagementAlgorithms: [ENCRYPTION.alg],
        contentEncryptionAlgorithms: [ENCRYPTION.enc],
        currentDate: new Date(this.#now()),
        requiredClaims: ['exp'],
      });
      return flowSchema.parse(payload);
    } catch {
      return undefined;
    }
  }
}
