/** `tributary seed`: a workspace to look at, written by a device of its own and pushed like anybody's edits. */
import { z } from 'zod';
import { readOrCreateLocalSecret } from '../auth/local-secret.ts';
import { signToken } from '../auth/sign-token.ts';
import type { Config } from '../config/config.ts';
import { OPTIONS } from '../config/options.ts';
import { flag, oneOf, text } from '../config/values.ts';
import { ControlClient } from '../control/control-client.ts';
import { projectionStatus } from '../control/operations/projection-status.ts';
import { workspaceHeads } from '../control/operations/workspace-heads.ts';
import { ServerError } from '../errors.ts';
import { silentLogger } from '../logger.ts';
import { isWorkspaceId } from '../session/workspace-id.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, type Command, type CommandWorld } from './command.ts';
import { plural } from './output/quantities.ts';
import { Progress } from './progress.ts';
import { DATA_OPTIONS, readFlags } from './read-flags.ts';
import { serverOptions } from './serve.ts';

const FLAGS = [
  { name: 'workspace', placeholder: 'id', description: 'Which workspace to write. Default: demo.' },
  { name: 'size', placeholder: 'size', description: 'small, medium or large. Default: small.' },
  { name: 'user', placeholder: 'id', description: 'Whose workspace it is. Default: demo.' },
  { name: 'seed', placeholder: 'text', description: 'The same seed writes the same rows on the same day. Default: 1.' },
  { name: 'token', placeholder: 'text', description: 'To push with, where only an identity provider can sign one.' },
  { name: 'yes', description: 'Add to the workspace though there is something in it.' },
] as const;

const schema = z.object({
  workspace: text.refine(isWorkspaceId, '1 to 64 of A-Z, a-z, 0-9, _ and -').default('demo'),
  size: oneOf(['small', 'medium', 'large']).default('small'),
  user: text.default('demo'),
  seed: text.default('1'),
  token: text.optional(),
  yes: flag.default(false),
});

type Flags = z.output<typeof schema>;

const SERVER_OPTIONS = [
  ...DATA_OPTIONS,
  OPTIONS.relayOnly,
  OPTIONS.jwtSecrets,
  OPTIONS.jwksUrl,
  OPTIONS.jwtIssuer,
  OPTIONS.jwtAudience,
];

const DAY_MS = 86_400_000;
const POLL_MS = 100;

export const seed: Command = {
  name: 'seed',
  summary: 'Writes a demo workspace, to look at and to try things with.',
  usage: 'seed [--workspace <id>] [--size <size>] [--user <id>] [--seed <text>] [--yes]',
  details: ['It is pushed to the running server, or to one that is started for it.'],
  flags: FLAGS,
  async run(args, world) {
    const given = readFlags(args, world, { flags: FLAGS, schema, options: SERVER_OPTIONS });
    if (typeof given === 'number') return given;
    const { flags, config } = given;
    if (config.jwksUrl !== undefined && flags.token === undefined) {
      world.err('Tokens are checked with the keys of an identity provider: give one of its tokens with --token.\n');
      return EXIT_FAILED;
    }
    return withServer({ config, world }, (server) => seedWith(server, { flags, config, world }));
  },
};

/** The running one, or one for the purpose. */
async function withServer(
  { config, world }: { readonly config: Config; readonly world: CommandWorld },
  work: (server: ControlClient) => Promise<number>,
): Promise<number> {
  const running = await ControlClient.find(config.dataDirectory);
  if (running !== undefined) return work(running);
  const { SyncServer } = await import('../sync-server.ts');
  const own = await new SyncServer({
    ...serverOptions(config, silentLogger, world),
    port: 0,
    host: '127.0.0.1',
  }).start();
  try {
    const server = await ControlClient.find(config.dataDirectory);
    if (server === undefined) throw new ServerError('server_lost', 'the server that was started does not answer');
    return await work(server);
  } finally {
    await own.stop();
  }
}

interface Asked {
  readonly flags: Flags;
  readonly config: Config;
  readonly world: CommandWorld;
}

async function seedWith(server: ControlClient, { flags, config, world }: Asked): Promise<number> {
  const { workspace: workspaceId, user: userId, size } = flags;
  const heads = await server.call(workspaceHeads, {}, () => {});
  const head = heads.find((known) => known.workspaceId === workspaceId)?.head ?? 0;
  if (head > 0 && !flags.yes) {
    const held = plural(head, 'entry', 'entries');
    world.err(
      `The workspace ${workspaceId} exists (${held} in the log). Choose another one, or add to it with --yes.\n`,
    );
    return EXIT_USAGE;
  }
  const token = flags.token ?? (await ownToken(config, flags));
  const progress = new Progress(world);
  // Only here: a server has no use for a replica.
  const { pushDemo } = await import('./seed/push-demo.ts');
  await pushDemo({
    address: server.address,
    token,
    workspaceId,
    userId,
    size,
    // Other ids than those of a demo that is there already.
    seed: head === 0 ? flags.seed : `${flags.seed} after ${head}`,
    isExisting: head > 0,
    untilMs: Math.floor(Date.now() / DAY_MS) * DAY_MS,
    onProgress: (step) => progress.show(step),
  });
  const rows = await untilProjected(server, workspaceId);
  progress.end();
  world.out(seededText({ rows, workspaceId, token, address: server.address }));
  return EXIT_OK;
}

function ownToken(config: Config, { user, workspace }: Flags): Promise<string> {
  const secret = config.jwtSecrets?.[0] ?? readOrCreateLocalSecret(config.dataDirectory);
  const { jwtIssuer: issuer, jwtAudience: audience } = config;
  return signToken({
    secret,
    userId: user,
    roles: { [workspace]: 'owner' },
    lifetimeMs: 30 * DAY_MS,
    issuer,
    audience,
  });
}

/** How many rows of it PostgreSQL has; undefined where there is none. */
async function untilProjected(server: ControlClient, workspaceId: string): Promise<number | undefined> {
  for (;;) {
    const status = await server
      .call(projectionStatus, {}, () => {})
      .catch((error: unknown) => {
        const isAbsent = error instanceof ServerError && ['cloud_absent', 'cloud_unavailable'].includes(error.code);
        if (!isAbsent) throw error;
      });
    const workspace = status?.workspaces.find((known) => known.workspaceId === workspaceId);
    if (workspace === undefined) return undefined;
    if (workspace.behind === 0) return workspace.rows;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

interface Seeded {
  readonly rows: number | undefined;
  readonly workspaceId: string;
  readonly token: string;
  readonly address: string;
}

function seededText({ rows, workspaceId, token }: Seeded): string {
  return [
    `workspace  ${workspaceId}${rows === undefined ? '' : `, ${plural(rows, 'row')} in PostgreSQL`}`,
    `token      ${token}`,
    ...(rows === undefined
      ? []
      : [`look       tributary sql "select title from app.notes where workspace_id = '${workspaceId}'"`]),
    '',
  ].join('\n');
}
