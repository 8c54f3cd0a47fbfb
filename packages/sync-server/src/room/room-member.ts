import type { ProtocolErrorCode } from '@tributary/sync/protocol';
import type { Append, SiteHead } from '../log/log.ts';
import type { Delivery } from './delivery.ts';

/** What a room knows of a session. */
export interface RoomMember {
  readonly sessionId: string;
  readonly userId: string;
  readonly siteId: Uint8Array;
  /** The site's id in hexadecimal: a site is in a room once. */
  readonly siteKey: string;
  readonly hasEnded: boolean;
  /** It is in the room from now on, and what is committed after this reaches it. */
  admitted(admission: Admission): void;
  /** Entries were stored: by others, by this member, or both. */
  committed(delivery: Delivery): void;
  /** An encoded frame. One that can be dropped is, when the connection is slow. */
  tell(frame: Uint8Array, options?: { readonly droppable: boolean }): void;
  /** It may refill the log now. */
  takeRefillTurn(): void;
  end(code: ProtocolErrorCode, message: string): void;
}

/** A member that pushes. Each push is answered by one of the two. */
export interface PushAuthor extends RoomMember {
  pushStored(push: PushToStore): void;
  pushFailed(push: PushToStore): void;
}

export interface PushToStore extends Omit<Append, 'workspaceId'> {
  readonly prevVersion: number;
  readonly changeCount: number;
  /** Of all payloads. */
  readonly bytes: number;
}

export interface AdmissionRequest {
  readonly siteId: Uint8Array;
  /** What the client's cursor belongs to; empty when it has none. */
  readonly epoch: string;
  readonly cursor: number;
  readonly mark: number;
  readonly wantsRefill: boolean;
}

export interface Admission {
  readonly epoch: string;
  readonly head: number;
  /** After which entry the stream begins. */
  readonly cursor: number;
  /** It may hold what this life of the log lacks. */
  readonly mayRefill: boolean;
  readonly siteHead: SiteHead;
}
