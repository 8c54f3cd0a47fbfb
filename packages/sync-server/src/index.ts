/** The relay and the projector: as a server to start, or as the parts without a network to build on. */
export type { AccountSettings, StripeSettings } from './account-services.ts';
export { UNLIMITED, type Admitted, type Gate, type Quota } from './auth/gate.ts';
export { ROLES, type Authenticate, type Identity, type Role, type SignIn } from './auth/identity.ts';
export { createJwtAuth, type JwtAuthOptions, type JwtKeys } from './auth/jwt.ts';
export { signToken, type TokenRequest } from './auth/sign-token.ts';
export { parsePlans, Plans, type Plan } from './billing/plans.ts';
export { systemClock, type Clock } from './clock.ts';
export { CloudCopy, type CloudCopyOptions } from './cloud-copy.ts';
export type {
  CloudDatabase,
  CloudParam,
  CloudQueries,
  CloudTable,
  CloudValue,
  TableOptions,
  TransactionOptions,
} from './cloud/cloud-database.ts';
export { CloudError } from './cloud/cloud-error.ts';
export { cloudVersion, migrateCloud, rollbackCloud, type CloudVersion } from './cloud/migrate-cloud.ts';
export { openCloud, type OpenCloudOptions } from './cloud/open-cloud.ts';
export {
  API_ERRORS,
  ApiError,
  SERVER_ERRORS,
  ServerError,
  type ApiErrorCode,
  type ApiIssue,
  type ServerErrorCode,
} from './errors.ts';
export { DEFAULT_RELAY_LIMITS, type Rate, type RelayLimits } from './limits.ts';
export type {
  Append,
  Appended,
  Log,
  LogEntry,
  LogRange,
  MaintainOptions,
  ReplacedPayload,
  SiteHead,
  WorkspaceHead,
  WorkspaceLog,
} from './log/log.ts';
export { openSqliteLog, type SqliteLogOptions } from './log/sqlite/sqlite-log.ts';
export { silentLogger, type Logger } from './logger.ts';
export type { HistogramSnapshot } from './metrics/histogram.ts';
export type { RelayMetrics } from './metrics/relay-metrics.ts';
export type { ProjectorFigures } from './projector/projector-metrics.ts';
export { Projection, type ProjectionOptions, type WorkspaceStand } from './projector/projection.ts';
export { Projector, type ProjectorOptions } from './projector/projector.ts';
export {
  rebuildProjection,
  type RebuildOptions,
  type RebuildProgress,
  type RebuiltTable,
  type RebuiltWorkspace,
} from './projector/rebuild.ts';
export { Relay, type RelayOptions } from './relay.ts';
export { SEARCH_KINDS, type SearchKind } from './search/documents.ts';
export { EmbedderError, type EmbedOptions, type Embedder, type EmbedderFault } from './search/embeddings/embedder.ts';
export { createHttpEmbedder, type HttpEmbedderOptions } from './search/embeddings/http-embedder.ts';
export { VectorSearch, type VectorSearchOptions } from './search/embeddings/vector-search.ts';
export type { Segment } from './search/highlight.ts';
export { SearchIndexer, type SearchIndexerOptions } from './search/indexer.ts';
export { search, type SearchHit, type SearchRequest, type SearchResult } from './search/search.ts';
export type { Peer, SessionState } from './session/session.ts';
export { SyncServer, type SyncServerOptions } from './sync-server.ts';
