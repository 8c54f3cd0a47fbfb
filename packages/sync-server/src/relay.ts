/**
 * The relay itself: sessions, rooms and the log, and nothing of the network, the clock or chance, which are parameters. A
 * seeded simulation runs it as it is.
 */
import { randomBytes } from 'node:crypto';
import { encodeServerFrame } from '@tributary/sync/protocol';
import type { Connection, ConnectionHandler } from '@tributary/sync/transport';
import type { AccountChange } from './accounts/account-changes.ts';
import type { Gate } from './auth/gate.ts';
import type { Authenticate } from './auth/identity.ts';
import { systemClock, type Clock } from './clock.ts';
import { DEFAULT_RELAY_LIMITS, type RelayLimits } from './limits.ts';
import type { Log } from './log/log.ts';
import { silentLogger, type Logger } from './logger.ts';
import { RelayCounters } from './metrics/relay-counters.ts';
import { takeSnapshot, type RelayMetrics } from './metrics/relay-metrics.ts';
import { Committer } from './room/committer.ts';
import { Rooms } from './room/rooms.ts';
import { BatchCheck, type BatchCheckOptions } from './session/batch-check.ts';
import { MemoryBudget } from './session/memory-budget.ts';
import { Session, type Peer } from './session/session.ts';
import type { SessionServices } from './session/session-services.ts';
import { Users } from './session/users.ts';

export interface RelayOptions {
  /** Stays the caller's: to be closed after the relay. */
  readonly log: Log;
  readonly authenticate: Authenticate;
  /** Who may come in beyond that, and how much may be stored. */
  readonly gate?: Gate | undefined;
  /** What the changes of this app look like. */
  readonly schema: BatchCheckOptions['schema'];
  /** Refuse tables and columns that the schema does not know, instead of keeping a bounded number for newer apps. */
  readonly strictNames?: boolean;
  readonly limits?: Partial<RelayLimits>;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly newSessionId?: () => string;
  /** Something was stored: the log of the workspace ends with the entry `head` now. */
  readonly onStored?: (workspaceId: string, head: number) => void;
  /** Up to which entry the workspace is projected, as far as is known; `announceProjected` tells of later ones. */
  readonly projectedSeq?: (workspaceId: string) => number | undefined;
}

/** How late anything that waits for time may be. */
const SWEEP_MS = 1_000;

export class Relay {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #limits: RelayLimits;
  readonly #committer: Committer;
  readonly #services: SessionServices;
  readonly #newSessionId: () => string;
  readonly #sessions = new Set<Session>();
  #cancelSweep: (() => void) | undefined;
  #sweeps = 0;
  #isDraining = false;

  constructor(options: RelayOptions) {
    const { log, clock = systemClock, logger = silentLogger, newSessionId = randomSessionId } = options;
    const limits = { ...DEFAULT_RELAY_LIMITS, ...options.limits };
    const counters = new RelayCounters();
    this.#log = log;
    this.#clock = clock;
    this.#limits = limits;
    this.#newSessionId = newSessionId;
    this.#committer = new Committer({
      log,
      clock,
      onCommitted: (durationMs) => counters.commits.observe(durationMs),
      onFailed: (error) => {
        counters.failedCommits++;
        logger.error({ err: error }, 'the log could not be written');
      },
    });
    this.#services = {
      authenticate: options.authenticate,
      gate: options.gate,
      batchCheck: new BatchCheck({ schema: options.schema, strictNames: options.strictNames ?? false, ...limits }),
      pendingBytes: new MemoryBudget(limits.maxPendingBytes),
      rooms: new Rooms({
        log,
        committer: this.#committer,
        logger,
        onStored: options.onStored ?? (() => undefined),
        projectedSeq: options.projectedSeq ?? (() => undefined),
      }),
      users: new Users(limits),
      limits,
      clock,
      logger,
      counters,
      ended: (session) => void this.#sessions.delete(session as Session),
    };
  }

  /** Never throws; a connection that cannot be taken is closed. */
  accept(connection: Connection, peer: Peer): ConnectionHandler {
    const session = new Session(this.#newSessionId(), connection, peer, this.#services);
    this.#services.counters.connections++;
    if (this.#isDraining) {
      session.end('going_away', 'the relay is shutting down');
    } else if (this.#sessions.size >= this.#limits.maxConnections) {
      session.end('too_many_connections', 'the relay has as many connections as it may');
    } else {
      this.#sessions.add(session);
      this.#scheduleSweep();
    }
    return session;
  }

  /** Everything of the workspace up to this entry is in the projection. */
  announceProjected(workspaceId: string, seq: number): void {
    this.#services.rooms.find(workspaceId)?.announceProjected(seq);
  }

  /** Somebody’s rights have changed. When it resolves, nobody is connected with rights that are gone. */
  async recheck(change: AccountChange): Promise<void> {
    await Promise.all(Array.from(this.#sessions, (session) => session.recheck(change)));
  }

  /**
   * Nobody is in the workspace, and nothing of it is on its way to the disk, until what it resolves with is called. Clients
   * connect again by themselves.
   */
  async closeWorkspace(workspaceId: string): Promise<() => void> {
    const { rooms } = this.#services;
    const release = await rooms.close(workspaceId);
    for (const session of this.#sessions) {
      if (session.isIn(workspaceId)) session.end('going_away', 'the workspace is closed for a moment');
    }
    await this.#committer.settled();
    return release;
  }

  async metrics(): Promise<RelayMetrics> {
    const { counters, rooms, users, pendingBytes } = this.#services;
    const states = Array.from(this.#sessions, ({ state }) => state);
    return {
      ...takeSnapshot(counters, states),
      rooms: rooms.count,
      users: users.count,
      pendingBytes: pendingBytes.usedBytes,
      logBytes: await this.#log.sizeBytes(),
    };
  }

  /** Takes nobody in any more, stores what has been pushed, and lets everybody go. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#committer.settled();
    this.#endAll();
    await this.#committer.settled();
  }

  /** At once: what is not on disk by now was never acknowledged. */
  close(): void {
    this.#isDraining = true;
    this.#committer.stop();
    this.#endAll();
  }

  #endAll(): void {
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    for (const session of this.#sessions) session.end('going_away', 'the relay is shutting down');
  }

  /** One timer for everybody, while there is anybody. */
  #scheduleSweep(): void {
    this.#cancelSweep ??= this.#clock.setTimeout(() => this.#sweep(), SWEEP_MS);
  }

  #sweep(): void {
    this.#cancelSweep = undefined;
    const uptimeMs = this.#clock.uptimeMs();
    const ping = encodeServerFrame({ case: 'ping', value: { id: ++this.#sweeps } });
    const moment = { uptimeMs, now: this.#clock.now(), ping };
    for (const session of this.#sessions) session.sweep(moment);
    this.#services.users.sweep(uptimeMs);
    if (this.#sessions.size > 0) this.#scheduleSweep();
  }
}

const SESSION_ID_BYTES = 12;

function randomSessionId(): string {
  return randomBytes(SESSION_ID_BYTES).toString('base64url');
}
