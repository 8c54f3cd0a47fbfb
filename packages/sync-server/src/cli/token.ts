/** `tributary token`: signs a token with the server's own secret. */
import { z } from 'zod';
import { ROLES, type Role } from '../auth/identity.ts';
import { ANY_WORKSPACE } from '../auth/jwt.ts';
import { readOrCreateLocalSecret } from '../auth/local-secret.ts';
import { signToken } from '../auth/sign-token.ts';
import { parseFlags } from '../config/parse-flags.ts';
import { OPTIONS } from '../config/options.ts';
import { duration, oneOf, text } from '../config/values.ts';
import { isWorkspaceId } from '../session/workspace-id.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, type Command, type CommandWorld } from './command.ts';
import { readCommandConfig } from './read-command-config.ts';

const FLAGS = [
  { name: 'user', placeholder: 'id', description: 'Whom the token is for.' },
  { name: 'workspace', placeholder: 'id', description: `Which workspace; ${ANY_WORKSPACE} is all of them.` },
  { name: 'role', placeholder: 'role', description: `What that person may do: ${ROLES.join(', ')}. Default: editor.` },
  { name: 'expires', placeholder: 'time', description: 'How long the token is good. Default: 30d.' },
] as const;

const SERVER_FLAGS = [
  OPTIONS.dataDirectory,
  OPTIONS.jwtSecrets,
  OPTIONS.jwksUrl,
  OPTIONS.jwtIssuer,
  OPTIONS.jwtAudience,
];

const tokenSchema = z.object({
  user: text,
  workspace: text.refine((id) => id === ANY_WORKSPACE || isWorkspaceId(id), '1 to 64 of A-Z, a-z, 0-9, _ and -'),
  role: oneOf(ROLES).default('editor' satisfies Role),
  expires: duration.default(30 * 86_400_000),
});

export const token: Command = {
  name: 'token',
  summary: 'Makes a token with which a client may connect.',
  flags: FLAGS,
  async run(args, world) {
    const wanted = readFlags(args, world);
    if (wanted === undefined) return EXIT_USAGE;
    const config = readCommandConfig(wanted.serverArgs, world);
    if (typeof config === 'number') return config;
    if (config.jwksUrl !== undefined) {
      world.err('Tokens are checked with the keys of an identity provider: only that can make one.\n');
      return EXIT_FAILED;
    }
    const { user, workspace, role, expires } = wanted.token;
    const secret = config.jwtSecrets?.[0] ?? readOrCreateLocalSecret(config.dataDirectory);
    const { jwtIssuer: issuer, jwtAudience: audience } = config;
    const roles = { [workspace]: role };
    world.out(`${await signToken({ secret, userId: user, roles, lifetimeMs: expires, issuer, audience })}\n`);
    return EXIT_OK;
  },
};

interface WantedToken {
  readonly token: z.output<typeof tokenSchema>;
  readonly serverArgs: readonly string[];
}

function readFlags(args: readonly string[], { err }: CommandWorld): WantedToken | undefined {
  const { values, faults } = parseFlags(args, [...FLAGS, ...SERVER_FLAGS]);
  const parsed = tokenSchema.safeParse(Object.fromEntries(values));
  const allFaults = [...faults];
  for (const { path, message } of parsed.error?.issues ?? []) {
    const [name] = path;
    const isMissing = !values.has(String(name));
    allFaults.push(isMissing ? `--${String(name)} is needed` : `--${String(name)} has to be ${message}`);
  }
  if (!parsed.success || allFaults.length > 0) {
    err(`${allFaults.map((fault) => `- ${fault}`).join('\n')}\nSee tributary help.\n`);
    return undefined;
  }
  const serverArgs = SERVER_FLAGS.flatMap(({ name }) => (values.has(name) ? [`--${name}=${values.get(name)}`] : []));
  return { token: parsed.data, serverArgs };
}
