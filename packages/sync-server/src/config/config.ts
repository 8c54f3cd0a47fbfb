/** The configuration: from the command line, else from the environment, else the default; every fault at once. */
import type { z } from 'zod';
import { nearestName } from './nearest-name.ts';
import { OPTIONS, type Option } from './options.ts';
import { parseFlags } from './parse-flags.ts';

export type Config = { readonly [Key in keyof typeof OPTIONS]: z.output<(typeof OPTIONS)[Key]['schema']> };

export interface ConfigSources {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For `…_FILE`. */
  readonly readFile: (path: string) => string;
}

export type ConfigResult =
  | { readonly type: 'config'; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly type: 'faults'; readonly faults: readonly string[] };

interface Given {
  readonly text: string;
  /** How to call it in a fault. */
  readonly source: string;
}

export function readConfig({ args, env, readFile }: ConfigSources): ConfigResult {
  const definitions = Object.values<Option>(OPTIONS);
  const flags = parseFlags(args, definitions);
  const faults = [...flags.faults];
  const values: Record<string, unknown> = {};
  for (const [key, option] of Object.entries<Option>(OPTIONS)) {
    const found = findGiven(option, { flag: flags.values.get(option.name), env, readFile });
    const result = typeof found === 'string' ? { fault: found } : parse(option, found);
    if ('fault' in result) faults.push(result.fault);
    else values[key] = result.value;
  }
  const config = values as Config;
  if (config.jwtSecrets !== undefined && config.jwksUrl !== undefined) {
    faults.push('--jwt-secret and --jwks-url are both given: tokens are checked with the one or with the other');
  }
  faults.push(...embeddingsFaults(config), ...oidcFaults(config), ...stripeFaults(config));
  if (faults.length > 0) return { type: 'faults', faults };
  return { type: 'config', config: Object.freeze(config), warnings: unknownVariables(env, definitions) };
}

/** One that has a fault already is missing, and is not to have another for that. */
function embeddingsFaults(config: Config): string[] {
  if (!('embeddingsUrl' in config && 'embeddingsModel' in config)) return [];
  const { embeddingsUrl, embeddingsModel, embeddingsKey } = config;
  if (embeddingsUrl !== undefined && embeddingsModel === undefined) {
    return ['--embeddings-url is given without --embeddings-model: name the model to ask for'];
  }
  if (embeddingsUrl !== undefined) return [];
  const given = embeddingsModel === undefined ? embeddingsKey && '--embeddings-key' : '--embeddings-model';
  return given ? [`${given} is given without --embeddings-url: name the endpoint`] : [];
}

function stripeFaults(config: Config): string[] {
  const { plans, stripeKey, stripeWebhookSecrets } = config;
  const given = stripeKey === undefined ? stripeWebhookSecrets && '--stripe-webhook-secret' : '--stripe-key';
  return plans === undefined && given ? [`${given} is given without --plans: say what there is to pay for`] : [];
}

function oidcFaults(config: Config): string[] {
  if (!('oidcIssuer' in config && 'oidcClientId' in config)) return [];
  const { oidcIssuer, oidcClientId, oidcClientSecret } = config;
  if (oidcIssuer !== undefined && oidcClientId === undefined) {
    return ['--oidc-issuer is given without --oidc-client-id: say what this server is called there'];
  }
  if (oidcIssuer !== undefined) return [];
  const given = oidcClientId === undefined ? oidcClientSecret && '--oidc-client-secret' : '--oidc-client-id';
  return given ? [`${given} is given without --oidc-issuer: name the provider`] : [];
}

interface Sources {
  readonly flag: string | undefined;
  readonly env: ConfigSources['env'];
  readonly readFile: ConfigSources['readFile'];
}

/** A string is a fault. */
function findGiven(option: Option, { flag, env, readFile }: Sources): Given | string | undefined {
  if (flag !== undefined) return { text: flag, source: `--${option.name}` };
  const fromFile = option.isSecret ? secretFromFile(option, env, readFile) : undefined;
  if (fromFile !== undefined) return fromFile;
  for (const name of [option.env, option.alias]) {
    // An empty variable is how compose files leave one out.
    const text = name === undefined ? undefined : env[name];
    if (text !== undefined && text !== '') return { text, source: name ?? '' };
  }
  return option.fallback === undefined ? undefined : { text: option.fallback, source: 'the default' };
}

function secretFromFile(
  option: Option,
  env: Sources['env'],
  readFile: Sources['readFile'],
): Given | string | undefined {
  const source = `${option.env}_FILE`;
  const path = env[source];
  if (path === undefined || path === '') return undefined;
  if (env[option.env]) return `${option.env} and ${source} are both given: keep one`;
  try {
    return { text: readFile(path).trim(), source };
  } catch (error) {
    return `${source} names ${path}, which cannot be read: ${(error as Error).message}`;
  }
}

function parse(option: Option, given: Given | undefined): { readonly value: unknown } | { readonly fault: string } {
  if (given === undefined) return { value: undefined };
  const result = option.schema.safeParse(given.text);
  if (result.success) return { value: result.data };
  const written = option.isSecret ? '' : ` is ${JSON.stringify(given.text)}, and`;
  return { fault: `${given.source}${written} has to be ${result.error.issues[0]?.message}` };
}

/** Ours alone begin so, and one that is misspelled would be passed over in silence. */
function unknownVariables(env: ConfigSources['env'], definitions: readonly Option[]): string[] {
  const known = definitions.flatMap(({ env: name, isSecret }) => (isSecret ? [name, `${name}_FILE`] : [name]));
  const unknown = Object.keys(env).filter((name) => name.startsWith('TRIBUTARY_') && !known.includes(name));
  return unknown.map((name) => {
    const near = nearestName(name, known);
    return `${name} is no option${near === undefined ? '' : `; did you mean ${near}?`}`;
  });
}
