/** Signed as for any relay, and once: signing is not what is measured. */
import { signToken } from '@tributary/sync-server';

export const SECRET = 'a secret that everybody who reads this knows';

const LIFETIME_MS = 24 * 60 * 60 * 1_000;

const tokens = new Map();

export function tokenOf(userId) {
  let token = tokens.get(userId);
  if (token === undefined) {
    token = signToken({ secret: SECRET, userId, roles: { '*': 'editor' }, lifetimeMs: LIFETIME_MS });
    tokens.set(userId, token);
  }
  return token;
}

await tokenOf('someone');
