/**
 * Where a sync client is in its dealings with the relay: a pure machine, so that every pair of state and event is decided
 * here and tested by one complete table. It returns what is to be done; `SyncClient` does it.
 *
 *            start            opened            welcomed             caughtUp
 *   stopped ──────▶ connecting ─────▶ greeting ─────────▶ catchingUp ────────▶ live
 *                       ▲                 │ lost               │ lost            │ lost
 *                 retry │                 ▼                    ▼                 ▼
 *                       └───────────── waiting ◀───────────────┴─────────────────┘
 *
 *   From every state `stop` leads to stopped, and a refusal that only a person can mend to blocked.
 */
export type SyncState = 'stopped' | 'connecting' | 'greeting' | 'catchingUp' | 'live' | 'waiting' | 'blocked';

export type SyncEvent =
  /** The app wants to be in sync. While waiting or blocked: try now. */
  | 'start'
  /** The app wants peace. */
  | 'stop'
  /** The connection stands. */
  | 'opened'
  /** The relay has taken Hello. */
  | 'welcomed'
  /** Everything that the log held has arrived. */
  | 'caughtUp'
  /** The connection is gone, or could not be made. */
  | 'lost'
  /** The relay refused for a reason that trying again does not mend. */
  | 'refused'
  /** The time for the next attempt has come. */
  | 'retry';

export type SyncEffect =
  /** Get a token and open a connection. */
  | 'connect'
  | 'sendHello'
  /** Say good-bye and forget the connection, if there is one. */
  | 'disconnect'
  /** Ask for `retry` after a delay that grows with each attempt in vain. */
  | 'scheduleRetry'
  /** Ask for `retry` after a long time: the reason may have gone away by itself. */
  | 'scheduleLongRetry'
  | 'cancelRetry'
  /** The session works: the next delay starts small again. */
  | 'resetBackoff'
  /** Own edits may be sent now. */
  | 'push';

export interface Transition {
  readonly state: SyncState;
  readonly effects: readonly SyncEffect[];
}

export function transition(state: SyncState, event: SyncEvent): Transition {
  return TABLE[state][event] ?? { state, effects: [] };
}

const CONNECT: Transition = { state: 'connecting', effects: ['connect'] };
const CONNECT_EARLY: Transition = { state: 'connecting', effects: ['cancelRetry', 'resetBackoff', 'connect'] };
const STOP: Transition = { state: 'stopped', effects: ['disconnect'] };
const STOP_WAITING: Transition = { state: 'stopped', effects: ['cancelRetry'] };
const WAIT: Transition = { state: 'waiting', effects: ['disconnect', 'scheduleRetry'] };
const BLOCK: Transition = { state: 'blocked', effects: ['disconnect', 'scheduleLongRetry'] };

/** What ends any session, whatever it was doing. */
const ENDINGS: Partial<Record<SyncEvent, Transition>> = {
  stop: STOP,
  lost: WAIT,
  refused: BLOCK,
};

/** Pairs that are left out change nothing. */
const TABLE: Readonly<Record<SyncState, Readonly<Partial<Record<SyncEvent, Transition>>>>> = {
  stopped: { start: CONNECT },
  connecting: { ...ENDINGS, opened: { state: 'greeting', effects: ['sendHello'] } },
  greeting: { ...ENDINGS, welcomed: { state: 'catchingUp', effects: ['push'] } },
  catchingUp: { ...ENDINGS, caughtUp: { state: 'live', effects: ['resetBackoff', 'push'] } },
  live: { ...ENDINGS },
  waiting: { start: CONNECT_EARLY, retry: CONNECT, stop: STOP_WAITING },
  blocked: { start: CONNECT_EARLY, retry: CONNECT, stop: STOP_WAITING },
};
