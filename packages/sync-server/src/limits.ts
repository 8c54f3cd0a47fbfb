/** Everything the relay bounds, on by default. What a client is told of it are the ProtocolLimits. */
import { DEFAULT_LIMITS, type ProtocolLimits } from '@tributary/sync/protocol';

/** So much per second in the long run, and so much at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface RelayLimits extends ProtocolLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerUser: number;
  /** Of one connection. */
  readonly frameRate: Rate;
  readonly presenceRate: Rate;
  /** Of pushes, over all connections of a user. */
  readonly userByteRate: Rate;
  readonly userChangeRate: Rate;
  /** Names of tables and columns in one workspace that the schema does not know. */
  readonly maxUnknownNames: number;
  /** Of pushes that are in memory because they are incomplete or not yet on disk, of all connections together. */
  readonly maxPendingBytes: number;
  /** A connection with more than this unsent gets no entries until it has read. */
  readonly sendBufferBytes: number;
  /** Of entries that a client has not answered; it answers after 128 KiB at the latest. */
  readonly deliveryWindowBytes: number;
  /** One with more than this unsent does not read at all, and is hung up on. */
  readonly maxBacklogBytes: number;
  readonly helloTimeoutMs: number;
  readonly heartbeatMs: number;
  /** How long after its token has expired a session may stay, for clocks that differ. */
  readonly tokenToleranceMs: number;
  /** How long a client whose turn it is to refill may say nothing before the next has its turn. */
  readonly refillPauseMs: number;
  /** When to try again what the relay was too busy for. */
  readonly busyRetryMs: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_RELAY_LIMITS: RelayLimits = {
  ...DEFAULT_LIMITS,
  maxConnections: 10_000,
  maxConnectionsPerUser: 50,
  frameRate: { perSecond: 500, burst: 2_000 },
  presenceRate: { perSecond: 10, burst: 30 },
  userByteRate: { perSecond: 20 * MIB, burst: 100 * MIB },
  userChangeRate: { perSecond: 200_000, burst: 2_000_000 },
  maxUnknownNames: 200,
  maxPendingBytes: 256 * MIB,
  sendBufferBytes: 256 * 1024,
  deliveryWindowBytes: MIB,
  maxBacklogBytes: 16 * MIB,
  helloTimeoutMs: 10_000,
  heartbeatMs: 30_000,
  tokenToleranceMs: 5_000,
  refillPauseMs: 60_000,
  busyRetryMs: 1_000,
};
