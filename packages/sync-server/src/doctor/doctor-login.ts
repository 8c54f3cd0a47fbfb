/** A token for a short look, where this machine has the secret and the server has a workspace: none is made for it. */
import { existsSync } from 'node:fs';
import { localSecretPath, readOrCreateLocalSecret } from '../auth/local-secret.ts';
import { signToken } from '../auth/sign-token.ts';
import type { Config } from '../config/config.ts';
import { ControlClient } from '../control/control-client.ts';
import { workspaceHeads } from '../control/operations/workspace-heads.ts';
import { MAX_SILENCE_MS, type Login } from './check-socket.ts';

const MORE_THAN_ENOUGH_MS = 60_000;

/** Undefined where it cannot be had, or need not. */
export async function doctorLogin(config: Config, silenceMs: number): Promise<Login | undefined> {
  const { jwtSecrets, jwksUrl, jwtIssuer: issuer, jwtAudience: audience, dataDirectory } = config;
  if (silenceMs <= MAX_SILENCE_MS || jwksUrl !== undefined) return undefined;
  if (jwtSecrets === undefined && !existsSync(localSecretPath(dataDirectory))) return undefined;
  const server = await ControlClient.find(dataDirectory);
  const [workspace] = (await server?.call(workspaceHeads, {}, () => undefined)) ?? [];
  if (workspace === undefined) return undefined;
  const { workspaceId } = workspace;
  const token = await signToken({
    secret: jwtSecrets?.[0] ?? readOrCreateLocalSecret(dataDirectory),
    userId: 'doctor',
    roles: { [workspaceId]: 'viewer' },
    lifetimeMs: silenceMs + MORE_THAN_ENOUGH_MS,
    issuer,
    audience,
  });
  return { token, workspaceId };
}
