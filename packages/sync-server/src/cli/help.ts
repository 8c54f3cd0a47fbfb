/** The help, from the tables of commands and options. */
import { optionHelp } from '../config/option-help.ts';
import { OPTIONS, type Option } from '../config/options.ts';
import type { Command } from './command.ts';

export function helpText(commands: readonly Command[]): string {
  const summaries = commands.map(({ name, summary }) => `  tributary ${name.padEnd(8)} ${summary}`);
  return [
    'Tributary: a relay for local-first data.',
    '',
    ...summaries,
    '  tributary help     Says this.',
    '  tributary --version',
    ...commands.flatMap(flagsOf),
    '',
    'Options of the server, on the command line or in the environment:',
    '',
    optionHelp(Object.values<Option>(OPTIONS)),
    '',
  ].join('\n');
}

function flagsOf({ name, flags }: Command): string[] {
  if (flags.length === 0) return [];
  const lines = flags.map((flag) => `  --${flag.name} <${flag.placeholder}>`.padEnd(21) + flag.description);
  return ['', `tributary ${name}:`, '', ...lines];
}
