/** The relay: as a server to start, or as the part without a network to build on. */
export { ROLES, type Authenticate, type Identity, type Role } from './auth/identity.ts';
export { createJwtAuth, type JwtAuthOptions, type JwtKeys } from './auth/jwt.ts';
export { signToken, type TokenRequest } from './auth/sign-token.ts';
export { systemClock, type Clock } from './clock.ts';
export { SERVER_ERRORS, ServerError, type ServerErrorCode } from './errors.ts';
export { DEFAULT_RELAY_LIMITS, type Rate, type RelayLimits } from './limits.ts';
export type { Append, Appended, Log, LogEntry, LogRange, SiteHead, WorkspaceLog } from './log/log.ts';
export { openSqliteLog, type SqliteLogOptions } from './log/sqlite/sqlite-log.ts';
export { silentLogger, type Logger } from './logger.ts';
export type { HistogramSnapshot } from './metrics/histogram.ts';
export type { RelayMetrics } from './metrics/relay-metrics.ts';
export { Relay, type RelayOptions } from './relay.ts';
export type { Peer, SessionState } from './session/session.ts';
export { SyncServer, type SyncServerOptions } from './sync-server.ts';
