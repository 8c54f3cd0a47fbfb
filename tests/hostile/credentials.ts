/** Who the hostile are, what tokens they have, and what else they show. */
import type { SeededRandom } from '@tributary/database/testing';
import { signToken, type Role } from '@tributary/sync-server';
import type { RelayProcess } from '../network/relay-process.ts';
import { VERSIONS, type HelloInit } from './frames.ts';
import { randomBytes } from './mutate.ts';

const HOUR_MS = 3_600_000;
const USERS = 8;

/** Where honest people work, too. */
export const HOME = 'home';

export interface Credentials {
  readonly editors: readonly string[];
  readonly viewers: readonly string[];
  /** Of people who have nothing to do with this workspace, or any. */
  readonly useless: readonly string[];
}

export async function makeCredentials(relay: RelayProcess): Promise<Credentials> {
  const names = Array.from({ length: USERS }, (_, user) => `hostile-${user}`);
  const tokens = (role: Role) => Promise.all(names.map((userId) => relay.token({ userId, roles: { [HOME]: role } })));
  const claims = { sub: 'ann', exp: Math.floor(Date.now() / 1000) + 3600, workspaces: { [HOME]: 'owner' } };
  const forged = { userId: 'ann', roles: { [HOME]: 'owner' }, lifetimeMs: HOUR_MS } as const;
  const [editor = '', ...editors] = await tokens('editor');
  const [head = '', , signature = ''] = editor.split('.');
  return {
    editors: [editor, ...editors],
    viewers: await tokens('viewer'),
    useless: [
      '',
      '..',
      'a.b.c',
      'x'.repeat(100_000),
      `${part({ alg: 'none' })}.${part(claims)}.`,
      `${part({ alg: 'HS256' })}.${part(claims)}.`,
      `${head}.${part(claims)}.${signature}`,
      await signToken({ ...forged, secret: 'a secret of somebody else, and long enough' }),
      await relay.token({ roles: { [HOME]: 'owner' }, lifetimeMs: HOUR_MS, now: () => Date.now() - 2 * HOUR_MS }),
      await relay.token({ roles: { elsewhere: 'owner' } }),
      await relay.token({ roles: {} }),
    ],
  };
}

/** A Hello that must not open a session. */
export function uselessHello(credentials: Credentials, random: SeededRandom): HelloInit {
  const good: HelloInit = {
    ...VERSIONS,
    token: random.pick(credentials.editors),
    workspaceId: HOME,
    siteId: randomBytes(random, 16),
  };
  const bad: readonly HelloInit[] = [
    { token: random.pick(credentials.useless) },
    { token: random.pick(credentials.useless) },
    { token: random.pick(credentials.useless) },
    { workspaceId: 'elsewhere' },
    {
      workspaceId: random.pick(['', '../home', 'home ', 'HOME\0', '*', '%', 'h'.repeat(65), '\u{1F600}', '__proto__']),
    },
    { siteId: new Uint8Array(16) },
    { siteId: randomBytes(random, random.pick([0, 1, 15, 17, 1_000])) },
    { protocolVersion: 0, minVersion: 0 },
    { protocolVersion: 2 ** 32 - 1, minVersion: 2 ** 32 - 1 },
  ];
  return { ...good, ...random.pick(bad) };
}

function part(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url');
}
