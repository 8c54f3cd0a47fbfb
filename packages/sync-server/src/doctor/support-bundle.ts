/**
 * What somebody who helps has to know, in one file that can be shown to them: no secret is in it. Options that are secret are
 * left out by what the table of options says, and whatever else may have repeated one is gone over at the end.
 */
import { writeFileSync } from 'node:fs';
import { arch, platform, release, totalmem } from 'node:os';
import type { Config } from '../config/config.ts';
import { OPTIONS, type Option } from '../config/options.ts';
import { ControlClient } from '../control/control-client.ts';
import { ServerError } from '../errors.ts';
import { ask } from './ask.ts';
import type { Finding } from './finding.ts';

export interface BundleParts {
  readonly config: Config;
  readonly version: string;
  readonly findings: readonly Finding[];
}

/** Shorter ones are in words by chance. */
const MIN_SECRET_CHARACTERS = 4;
const REDACTED = '[redacted]';

export async function writeBundle(file: string, parts: BundleParts): Promise<void> {
  const { config, version, findings } = parts;
  const bundle = {
    madeAt: new Date().toISOString(),
    versions: { tributary: version, node: process.versions.node, sqlite: process.versions['sqlite'] },
    machine: { platform: platform(), release: release(), arch: arch(), memoryBytes: totalmem() },
    config: redactedConfig(config),
    findings,
    metrics: await metricsOf(config.dataDirectory),
  };
  const text = withoutSecrets(JSON.stringify(bundle, undefined, 2), secretsOf(config));
  try {
    writeFileSync(file, `${text}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new ServerError('config_invalid', `cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}

/** By the names of the options. Of a secret, whether there is one. */
export function redactedConfig(config: Config): Record<string, unknown> {
  const entries = Object.entries<Option>(OPTIONS).map(([key, { name, isSecret }]) => {
    const value = new Map<string, unknown>(Object.entries(config)).get(key);
    if (value === undefined) return [name, null];
    return [name, isSecret ? REDACTED : typeof value === 'string' ? withoutUser(value) : value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function withoutUser(text: string): string {
  if (!/^\w+:\/\//.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username === '' && url.password === '') return text;
  [url.username, url.password] = ['', ''];
  return url.href;
}

function secretsOf(config: Config): string[] {
  const values = new Map<string, unknown>(Object.entries(config));
  const secrets = Object.entries<Option>(OPTIONS)
    .filter(([, { isSecret }]) => isSecret)
    .flatMap(([key]) => [values.get(key)].flat())
    .filter((value) => typeof value === 'string');
  const passwords = secrets.filter((secret) => URL.canParse(secret)).flatMap((secret) => passwordsIn(new URL(secret)));
  return [...secrets, ...passwords, ...passwords.map(decoded)].filter(({ length }) => length >= MIN_SECRET_CHARACTERS);
}

/** As pg takes them. */
function passwordsIn({ password, searchParams }: URL): string[] {
  return [password, searchParams.get('password') ?? ''];
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

/** As JSON writes them, the longest first: one may be in another. */
function withoutSecrets(json: string, secrets: readonly string[]): string {
  const written = secrets.map((secret) => JSON.stringify(secret).slice(1, -1)).sort((a, b) => b.length - a.length);
  let text = json;
  for (const secret of written) text = text.replaceAll(secret, REDACTED);
  return text;
}

/** Of the running server; undefined where none is. */
async function metricsOf(dataDirectory: string): Promise<string | undefined> {
  const server = await ControlClient.find(dataDirectory);
  if (server === undefined) return undefined;
  try {
    return (await ask(new URL('/metrics', server.address))).text;
  } catch (error) {
    return `no answer: ${(error as Error).message}`;
  }
}
