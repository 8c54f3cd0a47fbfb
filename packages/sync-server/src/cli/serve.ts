/** `tributary serve`: the relay, until somebody asks it to end. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import type { AccountSettings } from '../account-services.ts';
import { localSecretPath } from '../auth/local-secret.ts';
import { readPlans } from '../billing/plans.ts';
import type { Config } from '../config/config.ts';
import { DEFAULT_RELAY_LIMITS, type Rate, type RelayLimits } from '../limits.ts';
import type { Logger } from '../logger.ts';
import type { Embedder } from '../search/embeddings/embedder.ts';
import { createHttpEmbedder } from '../search/embeddings/http-embedder.ts';
import { DEFAULT_SEARCH_RATE } from '../search/search-limits.ts';
import type { SyncServer, SyncServerOptions } from '../sync-server.ts';
import { EXIT_FAILED, EXIT_OK, type Command, type CommandWorld } from './command.ts';
import { readCommandConfig } from './read-command-config.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'Runs the relay and keeps the cloud copy.',
  flags: [],
  async run(args, world) {
    const config = readCommandConfig(args, world);
    if (typeof config === 'number') return config;
    const logger = createLogger(config, world);
    const { SyncServer: Server } = await import('../sync-server.ts');
    const server = await new Server(serverOptions(config, logger, world)).start();
    world.err(greeting(server, config));
    logger.info({ address: server.address, dataDirectory: config.dataDirectory }, 'listening');
    return untilStopped(server, { config, logger, world });
  },
};

/** What of the configuration is the server's. */
export function serverOptions(
  config: Config,
  logger: Logger,
  world: Pick<CommandWorld, 'readFile'>,
): SyncServerOptions {
  const { port, host, dataDirectory, databaseUrl, relayOnly, strictNames, allowedOrigins, jwtSecrets, jwksUrl } =
    config;
  const { publicUrl, trustedProxies } = config;
  const keys = jwksUrl === undefined ? jwtSecrets && { secrets: jwtSecrets } : { jwksUrl };
  return {
    port,
    host,
    dataDirectory,
    control: true,
    cloud: relayOnly ? false : { url: databaseUrl },
    accounts: accountSettings(config, world),
    pages: config.pages ?? ownPages(),
    web: { ...(publicUrl !== undefined && { publicUrl }), trustedProxies },
    strictNames,
    allowedOrigins: allowedOrigins ?? [],
    limits: limitsOf(config),
    search: {
      rate: scaled(DEFAULT_SEARCH_RATE, config.searchesPerSecond),
      timeoutMs: config.searchTimeoutMs,
      embedder: embedderOf(config),
    },
    logger,
    auth: {
      ...(keys && { keys }),
      issuer: config.jwtIssuer,
      audience: config.jwtAudience,
      toleranceMs: config.jwtToleranceMs,
    },
  };
}

function accountSettings(config: Config, { readFile }: Pick<CommandWorld, 'readFile'>): AccountSettings {
  const { signup, plans, billingGraceMs, stripeKey, stripeWebhookSecrets } = config;
  return {
    signup,
    oidc: oidcOf(config),
    plans: plans === undefined ? undefined : readPlans(plans, readFile),
    stripe: { key: stripeKey, webhookSecrets: stripeWebhookSecrets },
    graceMs: billingGraceMs,
  };
}

function oidcOf(config: Config): AccountSettings['oidc'] {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret } = config;
  if (issuer === undefined || clientId === undefined) return undefined;
  const { oidcScopes: scopes, oidcLabel: label, oidcTrustEmails: trustEmails } = config;
  return { issuer, clientId, clientSecret, scopes, label, trustEmails };
}

/** Beside the server in an image, and in its place in a checkout. */
function ownPages(): string {
  const candidates = ['../../pages', '../../../../apps/web/dist'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  return candidates.find((directory) => existsSync(directory)) ?? '';
}

function embedderOf({ embeddingsUrl: url, embeddingsModel: model, embeddingsKey: key }: Config): Embedder | undefined {
  return url === undefined || model === undefined ? undefined : createHttpEmbedder({ url, model, key });
}

function limitsOf(config: Config): Partial<RelayLimits> {
  const { frameRate, userByteRate, userChangeRate } = DEFAULT_RELAY_LIMITS;
  return {
    maxConnections: config.maxConnections,
    maxConnectionsPerUser: config.maxConnectionsPerUser,
    maxFrameBytes: config.maxFrameBytes,
    maxVersionBytes: config.maxVersionBytes,
    maxValueBytes: config.maxValueBytes,
    maxChangesPerBatch: config.maxChangesPerBatch,
    maxUnknownNames: config.maxUnknownNames,
    heartbeatMs: config.heartbeatMs,
    tokenToleranceMs: config.jwtToleranceMs,
    frameRate: scaled(frameRate, config.framesPerSecond),
    userByteRate: scaled(userByteRate, config.bytesPerSecond),
    userChangeRate: scaled(userChangeRate, config.changesPerSecond),
  };
}

/** The burst lasts as long as that of the default. */
function scaled(rate: Rate, perSecond: number): Rate {
  return { perSecond, burst: (rate.burst / rate.perSecond) * perSecond };
}

function createLogger({ logLevel }: Config, { out }: CommandWorld): Logger {
  return pino({ level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write: out });
}

function greeting({ address }: SyncServer, config: Config): string {
  const { dataDirectory, databaseUrl, relayOnly, signup } = config;
  const cloud = relayOnly ? 'none' : databaseUrl === undefined ? 'embedded PostgreSQL' : 'PostgreSQL';
  const accounts =
    signup === 'open' ? 'anybody who can reach it may make one' : 'make one: tributary user add <e-mail>';
  return [
    'Tributary',
    `address   ${config.publicUrl ?? address}`,
    `data      ${dataDirectory}`,
    `cloud     ${cloud}`,
    ...(relayOnly ? tokenLines(config) : [`accounts  ${accounts}`]),
    '',
  ].join('\n');
}

function tokenLines({ dataDirectory, jwtSecrets, jwksUrl }: Config): string[] {
  if (jwksUrl !== undefined) return [`tokens    are checked with the keys of ${jwksUrl}`];
  const secret = jwtSecrets === undefined ? localSecretPath(dataDirectory) : 'the secret that was given';
  return [
    `tokens    are signed with ${secret}`,
    '          make one: tributary token --user <id> --workspace <id> --role editor',
  ];
}

interface Running {
  readonly config: Config;
  readonly logger: Logger;
  readonly world: CommandWorld;
}

/** The first request lets everybody go, the second waits for nobody. */
async function untilStopped(server: SyncServer, { config, logger, world }: Running): Promise<number> {
  let ask = (): void => {};
  let insist = (): void => {};
  const asked = new Promise<void>((resolve) => (ask = resolve));
  const insisted = new Promise<number>((resolve) => (insist = () => resolve(EXIT_FAILED)));
  let requests = 0;
  const stopListening = world.onStopRequest(() => (++requests === 1 ? ask() : insist()));
  await asked;
  logger.info({}, 'stopping');
  const stopped = server.stop({ timeoutMs: config.drainTimeoutMs }).then(() => EXIT_OK);
  const code = await Promise.race([stopped, insisted]);
  stopListening();
  logger.info({}, code === EXIT_OK ? 'stopped' : 'stopped at once');
  return code;
}
