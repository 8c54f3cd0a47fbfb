/** The command line: which command, and what becomes of what goes wrong in it. */
import { nearestName } from '../config/nearest-name.ts';
import { ServerError } from '../errors.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, type CommandWorld } from './command.ts';
import { helpText } from './help.ts';
import { serve } from './serve.ts';
import { token } from './token.ts';

const COMMANDS = [serve, token] as const;

/** Returns the exit code. `version` is that of the package. */
export async function runCli(args: readonly string[], world: CommandWorld, version: string): Promise<number> {
  const [name = 'help', ...rest] = args;
  if (name === 'help' || args.includes('--help') || args.includes('-h')) {
    world.out(helpText(COMMANDS));
    return EXIT_OK;
  }
  if (name === '--version' || name === '-v') {
    world.out(`${version}\n`);
    return EXIT_OK;
  }
  const command = COMMANDS.find((known) => known.name === name);
  if (command === undefined) {
    world.err(unknownCommand(name));
    return EXIT_USAGE;
  }
  try {
    return await command.run(rest, world);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    world.err(`${error.message}\n`);
    return EXIT_FAILED;
  }
}

function unknownCommand(name: string): string {
  const near = nearestName(name, ['help', ...COMMANDS.map((command) => command.name)]);
  return `there is no command ${name}${near === undefined ? '' : `; did you mean ${near}?`}\nSee tributary help.\n`;
}
