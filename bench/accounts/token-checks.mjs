/** Checks of access tokens in one process, beside a check of the signature alone. */
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { median } from '../sync/statistics.mjs';

const CHECKS = 5_000;

const SERVER = fileURLToPath(new URL('../../packages/sync-server/', import.meta.url));
const { jwtVerify } = await import(
  pathToFileURL(createRequire(path.join(SERVER, 'package.json')).resolve('jose')).href
);
const load = (name) => import(pathToFileURL(path.join(SERVER, 'dist', name)).href);

export async function tokenChecks(rounds) {
  const [{ openCloud }, { migrateAccounts }, { createAccounts }, { AccountChanges }, { AccountStore }] =
    await Promise.all(
      [
        'cloud/open-cloud.js',
        'cloud/migrate-cloud.js',
        'accounts/create-accounts.js',
        'accounts/account-changes.js',
        'accounts/account-store.js',
      ].map(load),
    );
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-bench-'));
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const cloud = await openCloud({ directory, logger });
  await migrateAccounts(cloud);
  const secret = 'a secret that is long enough for HS256';
  const accounts = createAccounts({
    store: new AccountStore(() => cloud),
    changes: new AccountChanges(),
    secrets: [secret],
    others: () => Promise.reject(new Error('none')),
    signup: 'open',
  });
  const from = { address: undefined, network: '' };
  const email = 'ann@example.org';
  const password = 'correct horse battery staple';
  await accounts.signIn.register({ email, password, name: 'Ann', from });
  const device = { name: 'Laptop', platform: 'web' };
  const { accessToken } = await accounts.signIn.login({ email, password, device, from });
  const key = createSecretKey(secret, 'utf8');
  const contenders = {
    'the signature alone': () => jwtVerify(accessToken, key),
    'a token, and what its session may do': () => accounts.authenticate(accessToken),
  };
  const perSecond = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, check] of Object.entries(contenders)) perSecond[name].push(await rateOf(check));
  }
  const reference = median(perSecond['the signature alone']);
  for (const [name, rates] of Object.entries(perSecond)) {
    const rate = median(rates);
    console.log(`${name.padEnd(38)} ${Math.round(rate).toLocaleString('en')}/s   ${(rate / reference).toFixed(2)}x`);
  }
  await cloud.close();
  rmSync(directory, { recursive: true, force: true });
}

async function rateOf(check) {
  const begun = performance.now();
  for (let i = 0; i < CHECKS; i++) await check();
  return (1000 * CHECKS) / (performance.now() - begun);
}
