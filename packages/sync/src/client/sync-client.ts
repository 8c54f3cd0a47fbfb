/**
 * Keeps a replica and the log of its workspace equal: pushes what is edited here, applies what is edited elsewhere, and
 * says truthfully how far that has got. The decisions are those of sync-state; here they meet sockets and timers.
 */
import type { AnyReplica } from '@tributary/database';
import {
  isProtocolErrorCode,
  PROTOCOL_ERRORS,
  type ParsedServerFrame,
  type Reject,
  type Welcome,
} from '../protocol/index.ts';
import type { Connect } from '../transport/connection.ts';
import { connectWebSocket } from '../transport/websocket.ts';
import { ActivityLog, type Activity, type ActivityQuery } from './activity-log.ts';
import { systemClock, type Clock } from './clock.ts';
import { ConflictJournal, journalsEverything, type IsJournalled } from './conflicts/conflict-journal.ts';
import { Backoff, DEFAULT_BACKOFF, type BackoffOptions } from './connection/backoff.ts';
import { Connector, type ConnectorOwner } from './connection/connector.ts';
import { heartbeatOf, helloOf, limitsOf } from './connection/greeting.ts';
import { StuckWatch } from './connection/stuck-watch.ts';
import { TokenSource, type AuthToken } from './connection/token-source.ts';
import { ForeignSelfError, Inbox, type ApplyOutcome, type Incoming } from './incoming/inbox.ts';
import { Puller } from './incoming/puller.ts';
import { Listeners } from './listeners.ts';
import { DEFAULT_DEBOUNCE, EditWatch, type DebounceOptions } from './outgoing/edit-watch.ts';
import { Outbox } from './outgoing/outbox.ts';
import { Pusher } from './outgoing/pusher.ts';
import { Refill } from './outgoing/refill.ts';
import { PresenceBoard, type PresentPeer } from './presence.ts';
import { RelayView } from './relay-view.ts';
import { SiteLife } from './site-life.ts';
import { StatusTeller } from './status-teller.ts';
import { statusOf, type SyncStatus } from './status.ts';
import { SyncStore } from './sync-store.ts';
import { SyncWaiters, type SyncResult } from './sync-waiters.ts';
import { Tidying } from './tidying.ts';

export interface SyncClientOptions {
  readonly replica: AnyReplica;
  readonly workspaceId: string;
  readonly debounce?: DebounceOptions;
  readonly backoff?: BackoffOptions;
  /** Of which columns a lost value is kept as a conflict; by default of all but timestamps. */
  readonly isJournalled?: IsJournalled;
  /** Name and version of the app, for the relay's log. */
  readonly clientName?: string;
  readonly connect?: Connect;
  readonly clock?: Clock;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

/** How far a transaction has got: on this device, on the relay's disk, in PostgreSQL. */
export type ReceiptLevel = 'local' | 'relay' | 'cloud';

const COUNTED_CHANGES = 10_000;

/**
 * @example
 * const client = new SyncClient('wss://relay.example.org/sync', () => fetchToken(), { replica, workspaceId });
 * client.onStatus(({ state, pendingOut }) => console.log(state, pendingOut));
 * client.connect();
 */
export class SyncClient {
  readonly #replica: AnyReplica;
  readonly #workspaceId: string;
  readonly #options: SyncClientOptions;
  readonly #clock: Clock;
  readonly #tokens: TokenSource;
  readonly #store: SyncStore;
  readonly #activity: ActivityLog;
  readonly #refill: Refill;
  readonly #pusher: Pusher;
  readonly #puller: Puller;
  readonly #edits: EditWatch;
  readonly #connector: Connector;
  readonly #presence: PresenceBoard;
  readonly #life: SiteLife;
  readonly #tidying: Tidying;
  readonly #relay = new RelayView();
  readonly #stuck = new StuckWatch();
  readonly #waiters = new SyncWaiters();
  readonly #statusTeller: StatusTeller;
  readonly #syncListeners = new Listeners<SyncResult>();
  readonly #stopWatching: () => void;

  #isApplying = false;
  #hasRefillTurn = false;
  #reason: string | undefined;
  #pendingOut: number | undefined;

  constructor(serverUrl: string, authToken: AuthToken, options: SyncClientOptions) {
    const { replica, workspaceId, clock = systemClock } = options;
    assertUrl(serverUrl);
    this.#options = options;
    this.#replica = replica;
    this.#workspaceId = workspaceId;
    this.#clock = clock;
    this.#tokens = new TokenSource(authToken, clock);
    this.#store = new SyncStore(replica, workspaceId);
    this.#activity = new ActivityLog(replica);
    this.#life = new SiteLife({ replica, store: this.#store, activity: this.#activity, clock });
    this.#tidying = new Tidying({
      clock,
      isSynced: () => this.status.state === 'synced',
      lastSyncedAt: () => this.#store.position.lastSyncedAt,
      tidy: (now) => this.#tidy(now),
    });
    this.#refill = new Refill(replica, this.#store);
    this.#presence = new PresenceBoard((state) => this.#connector.send({ case: 'presence', value: { state } }));
    this.#statusTeller = new StatusTeller(clock, () => this.#statusToTell());
    this.#edits = new EditWatch(options.debounce ?? DEFAULT_DEBOUNCE, clock, () => this.#pushEdits());
    this.#pusher = new Pusher({
      outbox: new Outbox(replica, this.#store),
      refill: this.#refill,
      store: this.#store,
      clock,
      send: (frame) => this.#connector.send(frame),
      changed: () => this.#changed(),
    });
    const inbox = new Inbox({
      replica,
      store: this.#store,
      journal: new ConflictJournal(replica),
      isJournalled: options.isJournalled ?? journalsEverything,
      hasPending: () => this.#pusher.hasPending,
    });
    this.#puller = new Puller(clock, {
      send: (frame) => this.#connector.send(frame),
      apply: (items) => this.#whileApplying(() => this.#apply(inbox, items)),
      applied: (outcome, items) => this.#applied(outcome, items),
      failed: (error) => this.#failed(error),
    });
    this.#connector = new Connector({
      url: serverUrl,
      connect: options.connect ?? connectWebSocket,
      clock,
      tokens: this.#tokens,
      backoff: new Backoff(options.backoff ?? DEFAULT_BACKOFF, options.random ?? Math.random),
      owner: this.#asOwner(),
    });
    this.#stopWatching = replica.sqlite.onUpdate(({ table }) => this.#rowWritten(table));
  }

  /** Starts, and from then on keeps the connection by itself. Offline it tries again; called again it tries at once. */
  connect(): void {
    this.#pusher.unblock();
    this.#connector.start();
  }

  /** Pauses: edits go on and are kept for later. */
  disconnect(): void {
    this.#reason = undefined;
    this.#connector.stop();
    this.#waiters.fail('closed', 'the client was disconnected');
  }

  /** Disconnects for good, before the replica is closed. */
  close(): void {
    this.disconnect();
    this.#stopWatching();
    this.#edits.stop();
    this.#tidying.stop();
  }

  /** Resolves when everything here is on the relay, and everything there is here. */
  sync(): Promise<SyncResult> {
    const done = this.#waiters.add();
    this.connect();
    this.#edits.stop();
    this.#pusher.push();
    // Only an answer from now proves that nothing new is waiting.
    this.#waiters.expect(this.#connector.ping());
    return done;
  }

  get status(): SyncStatus {
    const { pullCursor, lastSyncedAt } = this.#store.position;
    return statusOf({
      syncState: this.#connector.state,
      reason: this.#reason ?? this.#pusher.blockedReason,
      isPushBlocked: this.#pusher.blockedReason !== undefined && this.#countPending() > 0,
      isUnsettled: this.#pusher.hasPending || !this.#puller.isIdle || this.#refill.isWanted,
      pendingOut: this.#countPending(),
      pendingIn: Math.max(0, this.#relay.head - pullCursor),
      lastSyncedAt,
      latencyMs: this.#connector.latencyMs,
      role: this.#relay.role,
    });
  }

  /** Calls back after each change of the status. Returns what ends that. */
  onStatus(listener: (status: SyncStatus) => void): () => void {
    return this.#statusTeller.add(listener);
  }

  /** Calls back after each transaction that applied others' changes or recorded that own ones have arrived. */
  onSync(listener: (result: SyncResult) => void): () => void {
    return this.#syncListeners.add(listener);
  }

  /** How far the transaction has got that left the replica at this `dbVersion`. */
  receipt(dbVersion: number): ReceiptLevel {
    const { position, lastAck } = this.#store;
    // Where nothing waits to be pushed, versions above the push cursor are others' edits.
    if (dbVersion > position.pushCursor && this.#countPending() > 0) return 'local';
    // A version that is not this device's own comes after the last of its own that is there.
    const seq = this.#store.seqOf(dbVersion) ?? lastAck?.seq ?? 0;
    return seq <= this.#relay.projectedSeq ? 'cloud' : 'relay';
  }

  /** What sync did, newest first. */
  activity(query?: ActivityQuery): Activity[] {
    return this.#activity.read(query);
  }

  /** A fresh token, at once if there is a session. Nothing that is on its way is lost. */
  setToken(token: AuthToken): void {
    this.#tokens.replace(token);
    this.#connector.renewToken();
  }

  /** Add this to the local clock to get the relay's. */
  get clockOffsetMs(): number {
    return this.#relay.clockOffsetMs;
  }

  /** What this person is doing, for the others who are here now. */
  setPresence(state: unknown): void {
    this.#presence.set(state);
  }

  onPresence(listener: (peers: readonly PresentPeer[]) => void): () => void {
    return this.#presence.onChange(listener);
  }

  #asOwner(): ConnectorOwner {
    return {
      hello: (token) =>
        helloOf({
          token,
          workspaceId: this.#workspaceId,
          siteId: this.#replica.siteId,
          position: this.#store.position,
          wantsRefill: this.#refill.isWanted,
          clientName: this.#options.clientName,
        }),
      received: (frame) => this.#received(frame),
      ready: () => this.#pusher.push(),
      ended: () => this.#sessionEnded(),
      failed: (event, reason) => this.#sessionFailed(event, reason),
      replaced: () => this.#replaced(),
      siteTaken: () => this.#becomeAnotherSite('another account has synced with its database before'),
      pushRefused: (reason) => this.#pusher.block(reason),
      changed: () => this.#changed(),
    };
  }

  #sessionEnded(): void {
    this.#hasRefillTurn = false;
    this.#puller.end();
    this.#pusher.end();
    this.#presence.clear();
  }

  #sessionFailed(event: 'lost' | 'refused', reason: string): void {
    const wasOpen = this.#reason === undefined;
    this.#reason = reason;
    if (event === 'refused') this.#activity.add('blocked', reason);
    else if (wasOpen) this.#activity.add('disconnected', reason);
    this.#waiters.fail(event === 'refused' ? 'blocked' : 'offline', reason);
  }

  #received(frame: ParsedServerFrame): void {
    switch (frame.case) {
      case 'welcome':
        this.#welcomed(frame.value);
        break;
      case 'ack':
        this.#relay.heardHead(frame.value.seq);
        this.#puller.acknowledge(frame.value);
        this.#pusher.acknowledged(Number(frame.value.toVersion));
        break;
      case 'deliver':
        this.#relay.heardHead(frame.value.entries.at(-1)?.seq ?? 0n);
        if (!this.#puller.deliver(frame.value)) this.#connector.fail('lost', 'the stream of entries had a hole');
        break;
      case 'caughtUp':
        this.#relay.heardHead(frame.value.head);
        this.#connector.caughtUp();
        break;
      case 'receipt':
        this.#relay.projected(frame.value.projectedSeq);
        break;
      case 'refill':
        this.#hasRefillTurn = true;
        this.#refillWhenApplied();
        break;
      case 'reject':
        this.#rejected(frame.value);
        break;
      case 'presence':
        this.#presence.hear(frame.value);
        break;
      case 'pong':
        this.#relay.heardHead(frame.value.head);
        this.#waiters.answered(frame.value.id);
        this.#checkProgress();
        break;
      case 'ping':
        break;
    }
    this.#changed();
  }

  #checkProgress(): void {
    const isWaiting = this.#relay.head > this.#puller.receivedSeq || this.#pusher.unanswered !== undefined;
    const awaited = isWaiting ? `${this.#puller.receivedSeq} ${this.#pusher.unanswered}` : undefined;
    if (!this.#stuck.isStuck(awaited, this.#clock.now())) return;
    this.#connector.fail('lost', 'the relay answers, but the log does not move');
  }

  #welcomed(welcome: Welcome): void {
    const ackedVersion = Number(welcome.ackedVersion);
    const ackedSeq = Number(welcome.ackedSeq);
    if (ackedVersion > this.#replica.latestVersion) {
      this.#becomeAnotherSite('the relay knows edits of this replica that the replica does not');
      return;
    }
    this.#whileApplying(() => this.#life.enterEpoch(welcome.epoch));
    if (this.#whileApplying(() => this.#life.retractAcksAfter(ackedVersion))) this.#pusher.edited();
    this.#relay.welcomed(welcome, this.#clock.now());
    this.#reason = undefined;
    this.#activity.add('connected', 'Connected to the relay.');
    this.#stuck.begin();
    this.#puller.begin(this.#store.position.pullCursor);
    this.#pusher.begin({
      limits: limitsOf(welcome),
      mayPush: welcome.role !== 'viewer',
      isInDoubt: () => {
        const { pushCursor, pullCursor } = this.#store.position;
        return ackedVersion > pushCursor && ackedSeq > pullCursor;
      },
    });
    this.#presence.resend();
    this.#connector.welcomed(heartbeatOf(welcome));
  }

  #apply(inbox: Inbox, items: readonly Incoming[]): ApplyOutcome {
    return this.#store.transaction(() => {
      const outcome = inbox.apply(items);
      this.#activity.addApplied(outcome, items);
      return outcome;
    });
  }

  #applied(outcome: ApplyOutcome, items: readonly Incoming[]): void {
    const pushed = items.filter((item) => item.kind === 'ack' && item.toVersion > 0).length;
    this.#pusher.recorded(pushed);
    if (outcome.conflicts.length > 0) this.#rowWritten();
    else this.#pusher.skipTo(this.#store.position.pushCursor);
    this.#pendingOut = undefined;
    this.#refillWhenApplied();
    this.#pusher.push();
    if (outcome.pulled > 0 || pushed > 0) {
      this.#waiters.count({ pulled: outcome.pulled, pushed });
      this.#syncListeners.tell({ pulled: outcome.pulled, pushed });
    }
    this.#changed();
  }

  /** What has arrived but is not applied is in the log, and need not be sent. */
  #refillWhenApplied(): void {
    if (!this.#hasRefillTurn || !this.#puller.isIdle) return;
    this.#hasRefillTurn = false;
    this.#pusher.beginRefill();
  }

  /** Written inside a transaction of our own, it is not the app's edit. */
  #whileApplying<R>(body: () => R): R {
    this.#isApplying = true;
    try {
      return body();
    } finally {
      this.#isApplying = false;
    }
  }

  #rowWritten(table?: string): void {
    if (this.#isApplying && table !== undefined) return;
    const wasPending = this.#pusher.hasPending;
    this.#tidying.edited();
    this.#pusher.edited();
    this.#pendingOut = undefined;
    this.#edits.edited();
    if (!wasPending) this.#changed();
  }

  #pushEdits(): void {
    if (this.#replica.sqlite.inTransaction) {
      this.#edits.edited();
      return;
    }
    this.#pusher.push();
    this.#changed();
  }

  #rejected({ code, message, toVersion, retryAfterMs }: Reject): void {
    this.#activity.add('rejected', `The relay refused a push: ${message}`, { code, toVersion: Number(toVersion) });
    if (isFinal(code)) this.#pusher.block(message);
    else if (toVersion > 0n || code === 'busy') this.#pusher.rejected(Math.max(retryAfterMs, REJECT_PAUSE_MS));
  }

  #failed(error: unknown): void {
    if (error instanceof ForeignSelfError) {
      this.#becomeAnotherSite('the relay has edits of this replica that the replica does not');
      return;
    }
    const isTemporary = (error as { retryable?: boolean }).retryable === true;
    this.#connector.fail(
      isTemporary ? 'lost' : 'refused',
      `what arrived could not be applied: ${(error as Error).message}`,
    );
  }

  #replaced(): void {
    if (this.#life.isReplacedAgain()) this.#becomeAnotherSite('another copy of its database is in use');
    else this.#connector.fail('lost', 'another connection has taken the place of this one');
  }

  #becomeAnotherSite(why: string): void {
    this.#whileApplying(() => this.#life.becomeAnotherSite(why));
    this.#pusher.edited();
    this.#connector.fail('lost', why);
  }

  #countPending(): number {
    if (!this.#pusher.hasPending) return 0;
    this.#pendingOut ??= this.#replica.countOwnChanges(this.#store.position.pushCursor, COUNTED_CHANGES);
    return this.#pendingOut;
  }

  #changed(): void {
    this.#statusTeller.changed();
  }

  #statusToTell(): SyncStatus | undefined {
    if (!this.#replica.sqlite.open) return undefined;
    const { status } = this;
    if (status.state === 'synced') {
      this.#waiters.synced();
      this.#tidying.reachedSync();
    }
    if (status.state === 'blocked') this.#waiters.fail('blocked', status.reason ?? 'sync is blocked');
    return status;
  }

  /** Everybody has seen what is here now, so it is what the next edits are based on. */
  #tidy(lastSyncedAt: number): void {
    this.#whileApplying(() =>
      this.#store.transaction(() => {
        this.#replica.forgetFormerValues();
        this.#store.update({ lastSyncedAt });
      }),
    );
  }
}

const REJECT_PAUSE_MS = 250;

/** Trying again would not help: somebody has to do something. */
function isFinal(code: string): boolean {
  return isProtocolErrorCode(code) && PROTOCOL_ERRORS[code].remedy === 'stop';
}

/** Now, and not at the first attempt to connect. */
function assertUrl(url: string): void {
  if (!URL.canParse(url)) throw new TypeError(`${url} is no URL of a relay, such as wss://relay.example.org/sync`);
}
