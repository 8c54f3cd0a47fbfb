/**
 * Whether a replica may come in, and how much it may store. The relay asks once when a session begins, and the quota at every
 * push: so the quota answers from memory.
 */
import type { Identity } from './identity.ts';

export interface AdmissionRequest {
  readonly identity: Identity;
  readonly workspaceId: string;
  readonly siteId: Uint8Array;
}

export interface Gate {
  /** Throws a ProtocolError: `site_taken`, `too_many_devices`. Remembers whose the site is. */
  admit(request: AdmissionRequest): Promise<Admitted>;
}

export interface Admitted {
  /** Asked at every push. */
  readonly quota: Quota;
}

export interface Quota {
  /** Why nothing may be pushed right now, for people; undefined where it may. */
  refusal(): string | undefined;
  /** So many bytes were stored. */
  stored(bytes: number): void;
}

export const UNLIMITED: Quota = { refusal: () => undefined, stored: () => {} };
