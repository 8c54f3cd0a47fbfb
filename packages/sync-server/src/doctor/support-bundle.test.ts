import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../cli/testing/run-command.ts';
import { OPTIONS, type Option } from '../config/options.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';

interface Bundle {
  readonly versions: Record<string, string>;
  readonly config: Record<string, unknown>;
  readonly findings: readonly { about: string; says: string }[];
  readonly metrics?: string;
}

const SECRETS = {
  TRIBUTARY_JWT_SECRET: 'first-secret-of-thirty-two-letters!,second-secret-of-thirty-two-letters',
  TRIBUTARY_DATABASE_URL: 'postgres://ann:p%40ss-word@127.0.0.1:1/notes?password=in-the-query',
  TRIBUTARY_EMBEDDINGS_KEY: 'sk-embeddings',
  TRIBUTARY_OIDC_CLIENT_SECRET: 'what-the-provider-knows',
  TRIBUTARY_STRIPE_KEY: 'sk_live_stripe',
  TRIBUTARY_STRIPE_WEBHOOK_SECRET: 'whsec_first,whsec_second',
};

async function bundleOf(
  env: Record<string, string>,
  ...args: readonly string[]
): Promise<{ text: string; bundle: Bundle }> {
  const file = path.join(temporaryDirectory(), 'bundle.json');
  const run = runCommand(['doctor', '--bundle', file, '--port', '0', ...args], { env });
  await run.code;
  expect(run.err).toBe(`written to ${file}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, 'utf8');
  return { text, bundle: JSON.parse(text) as Bundle };
}

test('a bundle has versions, options, and what the doctor has found', async () => {
  const { bundle } = await bundleOf({}, '--data', temporaryDirectory(), '--relay-only', '--max-connections', '77');
  expect(bundle.versions).toMatchObject({ node: process.versions.node });
  expect(Object.keys(bundle.config)).toEqual(Object.values<Option>(OPTIONS).map(({ name }) => name));
  expect(bundle.config).toMatchObject({ 'max-connections': 77, 'relay-only': true, 'jwt-secret': null });
  expect(bundle.findings.map(({ about }) => about)).toContain('data');
});

test('a bundle has no secret, wherever one may have come from', async () => {
  const env = {
    ...SECRETS,
    TRIBUTARY_EMBEDDINGS_URL: 'https://models.example/v1',
    TRIBUTARY_EMBEDDINGS_MODEL: 'model-of-sk-embeddings',
    TRIBUTARY_OIDC_ISSUER: 'https://login.example/',
    TRIBUTARY_OIDC_CLIENT_ID: 'tributary',
    TRIBUTARY_PLANS: '/etc/tributary/plans.json',
    TRIBUTARY_JWT_ISSUER: 'https://bob:issuer-password@login.example/',
  };
  const { text, bundle } = await bundleOf(env, '--data', temporaryDirectory());
  const secrets = [
    'first-secret',
    'second-secret',
    'p%40ss',
    'p@ss',
    'in-the-query',
    'sk-embeddings',
    'issuer-password',
    'bob',
  ];
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(bundle.config).toMatchObject({
    'jwt-secret': '[redacted]',
    'database-url': '[redacted]',
    'embeddings-key': '[redacted]',
    'embeddings-model': 'model-of-[redacted]',
    'jwt-issuer': 'https://login.example/',
  });
  expect(bundle.findings.find(({ about }) => about === 'PostgreSQL')?.says).toContain('127.0.0.1:1, database notes');
});

test('every option that holds a secret is one that is left out', async () => {
  const secrets = Object.values<Option>(OPTIONS).filter(({ isSecret }) => isSecret);
  expect(secrets.map(({ env }) => env).filter((env) => !(env in SECRETS))).toEqual([]);
});

test('a bundle that cannot be written is told', async () => {
  const run = runCommand([
    'doctor',
    '--bundle',
    '/nowhere/bundle.json',
    '--data',
    temporaryDirectory(),
    '--relay-only',
  ]);
  expect(await run.code).toBe(1);
  expect(run.err).toContain('cannot write /nowhere/bundle.json');
});
