import { readConfig, type Config } from '../config/config.ts';
import { EXIT_USAGE, type CommandWorld } from './command.ts';

/** Tells every fault and warning; a number is the code to exit with. */
export function readCommandConfig(args: readonly string[], { env, err, readFile }: CommandWorld): Config | number {
  const result = readConfig({ args, env, readFile });
  if (result.type === 'faults') {
    err(`${result.faults.map((fault) => `- ${fault}`).join('\n')}\nSee tributary help.\n`);
    return EXIT_USAGE;
  }
  for (const warning of result.warnings) err(`${warning}\n`);
  return result.config;
}
