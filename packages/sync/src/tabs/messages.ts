/**
 * What goes between a page, its worker and the worker that leads. One protocol version is spoken by all of it, and the
 * names of the channels carry the version, so workers of two versions never hear each other. Only the announcements below
 * are for every version: their shape never changes.
 */
import type { SearchOptions } from '@tributary/database';
import type { ActivityQuery } from '../client/activity-log.ts';
import type { ConflictQuery } from '../client/conflicts/conflict-resolver.ts';
import type { PresentPeer } from '../client/presence.ts';
import type { SyncStatus } from '../client/status.ts';
import type { ErrorParcel } from './error-parcel.ts';
import type { ColumnValue, Row } from './rows.ts';

/** Count up when a message below changes its meaning or shape. */
export const TABS_PROTOCOL = 1;

/** Which release a worker is of: by the protocol, then by the app's own count. */
export interface Release {
  readonly protocol: number;
  readonly version: number;
}

export type Announcement = Release &
  (
    | { readonly tributary: 'hello'; readonly tab: string; readonly wantsToLead: boolean }
    | { readonly tributary: 'leader'; readonly tab: string; readonly term: string }
    | { readonly tributary: 'resigned'; readonly term: string }
  );

export interface Query {
  readonly sql: string;
  readonly params: readonly ColumnValue[];
}

export type SyncCall =
  | { readonly kind: 'connect' }
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'sync' }
  | { readonly kind: 'setToken'; readonly token: string }
  | { readonly kind: 'receipts'; readonly versions: readonly number[] }
  | { readonly kind: 'activity'; readonly query: ActivityQuery }
  | { readonly kind: 'conflicts'; readonly query: ConflictQuery };

/** What only the leader can do, and answers once. */
export type Call =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'search'; readonly text: string; readonly options: SearchOptions }
  | { readonly kind: 'sync'; readonly call: SyncCall }
  | Mutation;

export interface Mutation {
  readonly kind: 'mutation';
  /** Under which it is applied at most once. */
  readonly id: string;
  /** Milliseconds since the epoch, by this device's clock. */
  readonly createdAt: number;
  readonly action: Action;
}

export type Action =
  | { readonly kind: 'command'; readonly name: string; readonly input: unknown; readonly isUndoable: boolean }
  /** In the order of the edits; the last is undone first. */
  | { readonly kind: 'undo'; readonly records: readonly string[] }
  | { readonly kind: 'resolve'; readonly conflict: string; readonly how: ConflictChoice; readonly by?: string };

/** What to do with a conflict; `auto` decides by a rule, `dismiss` leaves what won. */
export type ConflictChoice = 'auto' | 'local' | 'remote' | 'merge' | 'dismiss';

export interface MutationAnswer {
  readonly result?: unknown;
  /** Up to which version the replica's edits include this one. */
  readonly version: number;
  /** What undoes it; absent where nothing replicated was changed, or too much. */
  readonly undo?: string;
}

export type Answer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorParcel };

/** Whether somebody looks at the page. One that sleeps has no worker to tell. */
export type PageState = 'visible' | 'hidden';

/** How it stands with the database. */
export interface TabConnection {
  /** `failed`: it cannot be opened, and `code` says why. `ready` may be in this tab or in another. */
  readonly state: 'opening' | 'ready' | 'failed';
  readonly isLeader: boolean;
  /** Another tab runs a newer version of the app: this one should be reloaded. */
  readonly isOutdated: boolean;
  /** Of the error that it failed with. */
  readonly code?: string;
  /** For people. */
  readonly message?: string;
}

export interface SyncNews {
  readonly status?: SyncStatus;
  readonly peers?: readonly PresentPeer[];
  /** Edits have arrived somewhere: receipts may have changed. */
  readonly hasProgress?: boolean;
  /** Somebody asked to pause, and the next leader has to know. */
  readonly isPaused?: boolean;
}

export interface AskedCall {
  readonly kind: 'call';
  readonly id: number;
  readonly call: Call;
  /** Earlier mutations of this page whose answers have arrived, so that nobody will send them again. */
  readonly settled: readonly string[];
}

export type FromPage =
  | AskedCall
  | { readonly kind: 'subscribe'; readonly id: number; readonly query: Query }
  | { readonly kind: 'unsubscribe'; readonly id: number }
  | { readonly kind: 'presence'; readonly state: unknown }
  | { readonly kind: 'page'; readonly state: PageState }
  | { readonly kind: 'retry' };

export type ToPage =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'rows'; readonly id: number; readonly answer: RowsAnswer }
  | { readonly kind: 'connection'; readonly connection: TabConnection }
  | { readonly kind: 'news'; readonly news: SyncNews };

export type RowsAnswer =
  { readonly ok: true; readonly value: readonly Row[] } | { readonly ok: false; readonly error: ErrorParcel };

/** From a worker to the leader's. */
export type ToLeader = { readonly term: string; readonly tab: string } & (
  | AskedCall
  | { readonly kind: 'subscribe'; readonly id: number; readonly query: Query }
  | { readonly kind: 'unsubscribe'; readonly id: number }
  | { readonly kind: 'presence'; readonly state: unknown }
  /** The first message to a leader: wants to hear the news. */
  | { readonly kind: 'attend' }
  /** Waits for answers, and asks a leader that nobody looks at to let another tab lead. */
  | { readonly kind: 'handOff' }
);

/** From the leader's worker to another. */
export type FromLeader = { readonly term: string } & Extract<ToPage, { readonly kind: 'answer' | 'rows' | 'news' }>;

/** Of a database: names of locks and channels, and how those of what pages leave begin. */
export function namesOf(database: string) {
  const base = `tributary:${database}`;
  const spoken = `${base}:v${TABS_PROTOCOL}`;
  return {
    leaderLock: base,
    tabLock: (tab: string) => `${base}:tab:${tab}`,
    announcements: base,
    inbox: (tab: string) => `${spoken}:to:${tab}`,
    leftEdits: `${base}:left:`,
  };
}

export type Names = ReturnType<typeof namesOf>;

export function isNewer(one: Release, other: Release): boolean {
  return one.protocol > other.protocol || (one.protocol === other.protocol && one.version > other.version);
}

/** Another version of the app may have sent it. */
export function isAnnouncement(message: unknown): message is Announcement {
  return (
    typeof message === 'object' &&
    message !== null &&
    'tributary' in message &&
    ['hello', 'leader', 'resigned'].includes(String(message.tributary)) &&
    'protocol' in message &&
    typeof message.protocol === 'number' &&
    'version' in message &&
    typeof message.version === 'number'
  );
}
