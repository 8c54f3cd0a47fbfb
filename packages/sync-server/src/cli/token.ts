/** `tributary token`: signs a token with the server's own secret. */
import { z } from 'zod';
import { ROLES, type Role } from '../auth/identity.ts';
import { ANY_WORKSPACE } from '../auth/jwt.ts';
import { readOrCreateLocalSecret } from '../auth/local-secret.ts';
import { signToken } from '../auth/sign-token.ts';
import { OPTIONS } from '../config/options.ts';
import { duration, oneOf, text } from '../config/values.ts';
import { isWorkspaceId } from '../session/workspace-id.ts';
import { EXIT_FAILED, EXIT_OK, type Command } from './command.ts';
import { readFlags } from './read-flags.ts';

const FLAGS = [
  { name: 'user', placeholder: 'id', description: 'Whom the token is for.' },
  { name: 'workspace', placeholder: 'id', description: `Which workspace; ${ANY_WORKSPACE} is all of them.` },
  { name: 'role', placeholder: 'role', description: `What that person may do: ${ROLES.join(', ')}. Default: editor.` },
  { name: 'expires', placeholder: 'time', description: 'How long the token is good. Default: 30d.' },
] as const;

const SERVER_OPTIONS = [
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
  usage: 'token --user <id> --workspace <id> [--role <role>] [--expires <time>]',
  flags: FLAGS,
  async run(args, world) {
    const given = readFlags(args, world, { flags: FLAGS, schema: tokenSchema, options: SERVER_OPTIONS });
    if (typeof given === 'number') return given;
    const { config, flags } = given;
    if (config.jwksUrl !== undefined) {
      world.err('Tokens are checked with the keys of an identity provider: only that can make one.\n');
      return EXIT_FAILED;
    }
    const { user, workspace, role, expires } = flags;
    const secret = config.jwtSecrets?.[0] ?? readOrCreateLocalSecret(config.dataDirectory);
    const { jwtIssuer: issuer, jwtAudience: audience } = config;
    const roles = { [workspace]: role };
    world.out(`${await signToken({ secret, userId: user, roles, lifetimeMs: expires, issuer, audience })}\n`);
    return EXIT_OK;
  },
};
