/** The command line: which command, and what becomes of what goes wrong in it. */
import { CloudError } from '../cloud/cloud-error.ts';
import { nearestName } from '../config/nearest-name.ts';
import { ServerError } from '../errors.ts';
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, type Command, type CommandWorld } from './command.ts';
import { doctor } from './doctor.ts';
import { fresh } from './fresh.ts';
import { commandHelp, helpText } from './help.ts';
import { maintain } from './maintain.ts';
import { migrate } from './migrate.ts';
import { projection } from './projection.ts';
import { rollback } from './rollback.ts';
import { seed } from './seed.ts';
import { serve } from './serve.ts';
import { sql } from './sql.ts';
import { token } from './token.ts';
import { user } from './user.ts';
import { workspace } from './workspace.ts';

const COMMANDS: readonly Command[] = [
  serve,
  token,
  user,
  workspace,
  sql,
  projection,
  migrate,
  rollback,
  fresh,
  maintain,
  doctor,
  seed,
];

/** Returns the exit code. `version` is that of the package. */
export async function runCli(args: readonly string[], world: CommandWorld, version: string): Promise<number> {
  const [name = 'help', ...rest] = args;
  if (name === 'help' || name === '--help' || name === '-h') {
    world.out(helpText(COMMANDS));
    return EXIT_OK;
  }
  if (name === '--version' || name === '-v') {
    world.out(`${version}\n`);
    return EXIT_OK;
  }
  try {
    return await runCommand(COMMANDS, { name, rest, path: '' }, world);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    world.err(errorText(error));
    return EXIT_FAILED;
  }
}

interface Wanted {
  readonly name: string;
  readonly rest: readonly string[];
  /** The words before it. */
  readonly path: string;
}

function runCommand(commands: readonly Command[], { name, rest, path }: Wanted, world: CommandWorld): Promise<number> {
  const command = commands.find((known) => known.name === name);
  if (command === undefined) {
    world.err(unknownCommand(commands, path, name));
    return Promise.resolve(EXIT_USAGE);
  }
  const [next, ...others] = rest;
  if (command.subcommands !== undefined && next !== undefined && !next.startsWith('-')) {
    return runCommand(command.subcommands, { name: next, rest: others, path: `${path}${name} ` }, world);
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    world.out(commandHelp(command));
    return Promise.resolve(EXIT_OK);
  }
  return command.run(rest, world);
}

function unknownCommand(commands: readonly Command[], path: string, name: string): string {
  const near = nearestName(name, [...(path === '' ? ['help'] : []), ...commands.map((command) => command.name)]);
  const hint = near === undefined ? '' : `; did you mean ${path}${near}?`;
  return `there is no command ${path}${name}${hint}\nSee tributary help.\n`;
}

function errorText(error: ServerError): string {
  const more = error instanceof CloudError ? [error.detail, error.hint] : [];
  return [error.message, ...more]
    .filter((line) => line !== undefined)
    .map((line) => `${line}\n`)
    .join('');
}
