/** Every option of the server, once: what it is called, what it may be, and what it is for. */
import { MIN_SECRET_LENGTH } from '../auth/local-secret.ts';
import { DEFAULT_RELAY_LIMITS } from '../limits.ts';
import { DEFAULT_SEARCH_RATE, DEFAULT_TIMEOUT_MS } from '../search/search-limits.ts';
import * as value from './values.ts';

export interface Option<Value = unknown> {
  /** `--name` on the command line. */
  readonly name: string;
  /** In the environment; for a secret, `…_FILE` names a file that holds it. */
  readonly env: string;
  /** Another name in the environment, which the first one goes before. */
  readonly alias?: string;
  /** From its text. */
  readonly schema: value.ValueSchema<Value>;
  /** What stands for the value in the help; without it, the option is a flag. */
  readonly placeholder?: string;
  /** As it would be written; undefined when there is none. */
  readonly fallback: string | undefined;
  readonly description: string;
  readonly isSecret?: boolean;
}

const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'] as const;

const { maxFrameBytes, maxChangesPerBatch, maxValueBytes, maxVersionBytes, ...relay } = DEFAULT_RELAY_LIMITS;

export const OPTIONS = {
  port: option({
    name: 'port',
    alias: 'PORT',
    schema: value.port,
    placeholder: 'number',
    fallback: '8787',
    description: 'The port to listen on.',
  }),
  host: option({
    name: 'host',
    schema: value.text,
    placeholder: 'address',
    fallback: '127.0.0.1',
    description:
      'The address to listen on. The default is reachable from this machine only; 0.0.0.0 is every network that it is in, and needs a proxy with TLS in front.',
  }),
  dataDirectory: option({
    name: 'data',
    schema: value.text,
    placeholder: 'directory',
    fallback: './data',
    description: 'Where the log is kept. Back this up.',
  }),
  databaseUrl: optional({
    name: 'database-url',
    alias: 'DATABASE_URL',
    schema: value.databaseUrl,
    placeholder: 'url',
    description:
      'The PostgreSQL that the cloud copy is kept in, as postgres://user:password@host/database. Without it, an embedded one lies in the data directory.',
    isSecret: true,
  }),
  relayOnly: option({
    name: 'relay-only',
    schema: value.flag,
    fallback: 'false',
    description: 'Keep no cloud copy: no search, no SQL.',
  }),
  jwtSecrets: optional({
    name: 'jwt-secret',
    schema: value.secrets(MIN_SECRET_LENGTH),
    placeholder: 'text',
    description: `The secret that tokens are signed with (HS256), of ${MIN_SECRET_LENGTH} characters at least. Several are separated by commas: the first signs, all verify. Without it and --jwks-url, one is made in the data directory.`,
    isSecret: true,
  }),
  jwksUrl: optional({
    name: 'jwks-url',
    schema: value.url,
    placeholder: 'url',
    description: 'Where an identity provider publishes the keys of its tokens (RS256, ES256, EdDSA).',
  }),
  jwtIssuer: optional({
    name: 'jwt-issuer',
    schema: value.text,
    placeholder: 'text',
    description: 'Who has to have issued a token (iss).',
  }),
  jwtAudience: optional({
    name: 'jwt-audience',
    schema: value.text,
    placeholder: 'text',
    description: 'Whom a token has to be for (aud).',
  }),
  jwtToleranceMs: option({
    name: 'jwt-tolerance',
    schema: value.duration,
    placeholder: 'time',
    fallback: '5s',
    description: 'How long after its end a token is still good, for clocks that differ.',
  }),
  signup: option({
    name: 'signup',
    schema: value.oneOf(['open', 'closed']),
    placeholder: 'open|closed',
    fallback: 'open',
    description:
      'Whether people make accounts themselves. Closed, an admin makes them: tributary user add. Close it before strangers can reach the server.',
  }),
  publicUrl: optional({
    name: 'public-url',
    schema: value.url,
    placeholder: 'url',
    description:
      'Where browsers reach the server, for links and for coming back from a provider. Without it, what they ask for counts.',
  }),
  trustedProxies: option({
    name: 'trusted-proxies',
    schema: value.countOrZero,
    placeholder: 'number',
    fallback: '0',
    description:
      'How many proxies of yours a request passes: so many of the last entries of X-Forwarded-For are believed, and X-Forwarded-Proto.',
  }),
  oidcIssuer: optional({
    name: 'oidc-issuer',
    schema: value.endpoint,
    placeholder: 'url',
    description:
      'An identity provider that people may sign in with (OpenID Connect). It is found by discovery, and sends them back to /v1/auth/oidc/callback.',
  }),
  oidcClientId: optional({
    name: 'oidc-client-id',
    schema: value.text,
    placeholder: 'text',
    description: 'What this server is called at the identity provider.',
  }),
  oidcClientSecret: optional({
    name: 'oidc-client-secret',
    schema: value.text,
    placeholder: 'text',
    description: 'The secret that goes with it; none for a public client.',
    isSecret: true,
  }),
  oidcScopes: optional({
    name: 'oidc-scopes',
    schema: value.text,
    placeholder: 'text',
    description: 'What is asked of it, separated by spaces: openid email profile.',
  }),
  oidcLabel: optional({
    name: 'oidc-label',
    schema: value.text,
    placeholder: 'text',
    description: 'What people read on the button.',
  }),
  oidcTrustEmails: option({
    name: 'oidc-trust-emails',
    schema: value.flag,
    fallback: 'false',
    description:
      'Whoever has a verified e-mail there signs in to the account that has it here. Only for a provider that verifies them.',
  }),
  plans: optional({
    name: 'plans',
    schema: value.text,
    placeholder: 'file',
    description:
      'What people may use, as JSON; docs/operations.md shows one. Without it there is one plan, without limits.',
  }),
  billingGraceMs: option({
    name: 'billing-grace',
    schema: value.duration,
    placeholder: 'time',
    fallback: '14d',
    description: 'How long somebody whose payment has failed keeps the plan.',
  }),
  stripeKey: optional({
    name: 'stripe-key',
    schema: value.text,
    placeholder: 'text',
    description: 'The secret key of Stripe. Without it nobody can pay from here.',
    isSecret: true,
  }),
  stripeWebhookSecrets: optional({
    name: 'stripe-webhook-secret',
    schema: value.secrets(1),
    placeholder: 'text',
    description:
      'What Stripe signs its events with, which it sends to /v1/billing/webhook. Several are separated by commas.',
    isSecret: true,
  }),
  pages: optional({
    name: 'pages',
    schema: value.text,
    placeholder: 'directory',
    description: 'A build of the app, for browsers. Without it, the one that comes with the server, if there is one.',
  }),
  allowedOrigins: optional({
    name: 'allowed-origins',
    schema: value.origins,
    placeholder: 'origins',
    description:
      'Web pages of these origins may connect, besides those of the same host. Separated by commas; * is all.',
  }),
  strictNames: option({
    name: 'strict-names',
    schema: value.flag,
    fallback: 'false',
    description: 'Refuse tables and columns that this version does not know, instead of keeping some for newer apps.',
  }),
  logLevel: option({
    name: 'log-level',
    schema: value.oneOf(LOG_LEVELS),
    placeholder: 'level',
    fallback: 'info',
    description: `What is logged: ${LOG_LEVELS.join(', ')}.`,
  }),
  drainTimeoutMs: option({
    name: 'drain-timeout',
    schema: value.duration,
    placeholder: 'time',
    fallback: '10s',
    description: 'How long connections may take to end when the server is stopped.',
  }),
  heartbeatMs: option({
    name: 'heartbeat',
    schema: value.duration,
    placeholder: 'time',
    fallback: `${relay.heartbeatMs / 1000}s`,
    description: 'After so long a silence a client is asked whether it is there; after twice as long it is gone.',
  }),
  maxConnections: limit('max-connections', relay.maxConnections, 'Connections in all.'),
  maxConnectionsPerUser: limit('max-connections-per-user', relay.maxConnectionsPerUser, 'Connections of one user.'),
  maxFrameBytes: bytes('max-frame-size', maxFrameBytes, 'Bytes in one message.'),
  maxVersionBytes: bytes('max-version-size', maxVersionBytes, 'Bytes in one transaction of a client.'),
  maxValueBytes: bytes('max-value-size', maxValueBytes, 'Bytes in one value.'),
  maxChangesPerBatch: limit('max-changes-per-batch', maxChangesPerBatch, 'Changes in one message.'),
  maxUnknownNames: limit(
    'max-unknown-names',
    relay.maxUnknownNames,
    'Tables and columns of newer apps in one workspace.',
  ),
  framesPerSecond: limit('frames-per-second', relay.frameRate.perSecond, 'Messages of one connection in the long run.'),
  changesPerSecond: limit('changes-per-second', relay.userChangeRate.perSecond, 'Changes of one user in the long run.'),
  searchesPerSecond: limit(
    'searches-per-second',
    DEFAULT_SEARCH_RATE.perSecond,
    'Searches of one user in the long run.',
  ),
  searchTimeoutMs: option({
    name: 'search-timeout',
    schema: value.duration,
    placeholder: 'time',
    fallback: `${DEFAULT_TIMEOUT_MS / 1000}s`,
    description: 'How long one search may take.',
  }),
  embeddingsUrl: optional({
    name: 'embeddings-url',
    schema: value.endpoint,
    placeholder: 'url',
    description:
      'Where texts become vectors, for search by meaning: any endpoint that speaks OpenAI’s /v1/embeddings. It is sent what people write. Needs --embeddings-model, and the extension vector in PostgreSQL.',
  }),
  embeddingsModel: optional({
    name: 'embeddings-model',
    schema: value.text,
    placeholder: 'name',
    description: 'The model that the endpoint is asked for. With another one, all vectors are made anew.',
  }),
  embeddingsKey: optional({
    name: 'embeddings-key',
    schema: value.text,
    placeholder: 'text',
    description: 'What the endpoint lets in, sent as a bearer token.',
    isSecret: true,
  }),
  bytesPerSecond: bytes(
    'bytes-per-second',
    relay.userByteRate.perSecond,
    'Bytes of changes of one user in the long run.',
  ),
} as const;

function option<Value>(definition: Omit<Option<Value>, 'env'>): Option<Value> {
  return { ...definition, env: `TRIBUTARY_${definition.name.replaceAll('-', '_').toUpperCase()}` };
}

function optional<Value>(definition: Omit<Option<Value>, 'env' | 'fallback'>): Option<Value | undefined> {
  const { schema, ...rest } = definition;
  return option<Value | undefined>({
    ...rest,
    schema,
    fallback: undefined,
  });
}

function limit(name: string, fallback: number, description: string): Option<number> {
  return option({ name, schema: value.count, placeholder: 'number', fallback: `${fallback}`, description });
}

function bytes(name: string, fallback: number, description: string): Option<number> {
  const isWhole = fallback % 1024 ** 2 === 0;
  const written = isWhole ? `${fallback / 1024 ** 2}MiB` : `${fallback}`;
  return option({ name, schema: value.size, placeholder: 'size', fallback: written, description });
}
