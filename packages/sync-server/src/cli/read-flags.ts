/** What a command was given: its own flags, checked, and the configuration of the server that it is about. */
import type { z } from 'zod';
import type { Config } from '../config/config.ts';
import { OPTIONS, type Option } from '../config/options.ts';
import { parseFlags } from '../config/parse-flags.ts';
import { EXIT_USAGE, type CommandFlag, type CommandWorld } from './command.ts';
import { readCommandConfig } from './read-command-config.ts';

export interface FlagRules<Schema extends z.ZodObject> {
  readonly flags: readonly CommandFlag[];
  /** By flag. What may be given several times is an array there. */
  readonly schema: Schema;
  /** Words beside the flags; the schema has them as `words`. */
  readonly maxWords?: number;
  /** Of the server's options, which count here; all can be set in the environment. */
  readonly options?: readonly Option[];
}

export interface GivenFlags<Schema extends z.ZodObject> {
  readonly flags: z.output<Schema>;
  readonly config: Config;
}

/** Where the data is. */
export const DATA_OPTIONS: readonly Option[] = [OPTIONS.dataDirectory, OPTIONS.databaseUrl];

/** Tells every fault; a number is the code to exit with. */
export function readFlags<Schema extends z.ZodObject>(
  args: readonly string[],
  world: CommandWorld,
  { flags, schema, maxWords = 0, options = DATA_OPTIONS }: FlagRules<Schema>,
): GivenFlags<Schema> | number {
  const { values, repeated, words, faults } = parseFlags(args, [...flags, ...options], { maxWords });
  const given = new Map<string, unknown>(values);
  for (const [name, all] of repeated) if (isList(schema, name)) given.set(name, all);
  if (maxWords > 0) given.set('words', words);
  const parsed = schema.safeParse(Object.fromEntries(given));
  const allFaults = [...faults];
  for (const { path, message } of parsed.error?.issues ?? []) {
    const [name] = path;
    const isMissing = !values.has(String(name));
    allFaults.push(isMissing ? `--${String(name)} is needed` : `--${String(name)} has to be ${message}`);
  }
  if (!parsed.success || allFaults.length > 0) {
    world.err(`${allFaults.map((fault) => `- ${fault}`).join('\n')}\nSee tributary help.\n`);
    return EXIT_USAGE;
  }
  const serverArgs = options.flatMap(({ name }) => (values.has(name) ? [`--${name}=${values.get(name)}`] : []));
  const config = readCommandConfig(serverArgs, world);
  return typeof config === 'number' ? config : { flags: parsed.data, config };
}

function isList(schema: z.ZodObject, name: string): boolean {
  return schema.shape[name]?.safeParse([]).success === true;
}
