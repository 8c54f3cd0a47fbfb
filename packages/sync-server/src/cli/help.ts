/** The help, from the tables of commands and options. */
import { optionHelp, wrap } from '../config/option-help.ts';
import { OPTIONS, type Option } from '../config/options.ts';
import type { Command, CommandFlag } from './command.ts';

export function helpText(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  const summaries = commands.map(({ name, summary }) => `  tributary ${name.padEnd(width)}${summary}`);
  return [
    'Tributary: a relay for local-first data.',
    '',
    ...summaries,
    `  tributary ${'help'.padEnd(width)}Says this. Each command has a --help of its own.`,
    '  tributary --version',
    '',
    'Options of the server, on the command line or in the environment:',
    '',
    optionHelp(Object.values<Option>(OPTIONS)),
    '',
  ].join('\n');
}

export function commandHelp({ name, summary, usage, flags, details = [], subcommands = [] }: Command): string {
  const isServer = name === 'serve';
  const parts = [
    `tributary ${usage ?? (isServer ? 'serve [options]' : `${name} [options]`)}`,
    summary,
    ...details.map((text) => (text.includes('\n') ? text : wrap(text, '').join('\n'))),
    subcommands.map((command) => `  tributary ${command.usage ?? command.name}\n      ${command.summary}`).join('\n'),
    flags.map(flagHelp).join('\n'),
    isServer
      ? optionHelp(Object.values<Option>(OPTIONS))
      : 'Options of the server, such as --data, can be given, too: see tributary help.',
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function flagHelp({ name, placeholder, description }: CommandFlag): string {
  return [`  --${name}${placeholder === undefined ? '' : ` <${placeholder}>`}`, ...wrap(description)].join('\n');
}
