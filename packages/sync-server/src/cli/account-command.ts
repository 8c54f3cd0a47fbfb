/** What the commands about accounts have in common: words that have to be given, operations, and a result to show. */
import type { z } from 'zod';
import type { Command, CommandFlag, CommandWorld } from './command.ts';
import { EXIT_OK, EXIT_USAGE } from './command.ts';
import { readFlags } from './read-flags.ts';
import { withOperations, type Operations } from './with-operations.ts';

export const JSON_FLAG = { name: 'json', description: 'Say it as JSON.' } as const;

export interface AccountCommand<Schema extends z.ZodObject> extends Omit<Command, 'run' | 'subcommands'> {
  readonly usage: string;
  /** What has to be given, in this order; `words` in the schema. */
  readonly words: readonly string[];
  readonly schema: Schema;
  readonly flags: readonly CommandFlag[];
  /** Others may be connected, who have to be told; or something is to be erased from the log. */
  readonly changesRights: boolean;
  /** Returns the exit code, where it is not that all is well. */
  readonly work: (
    given: z.output<Schema>,
    words: readonly string[],
    surroundings: { readonly call: Operations['call']; readonly world: CommandWorld },
  ) => Promise<number | void>;
}

export function accountCommand<Schema extends z.ZodObject>(definition: AccountCommand<Schema>): Command {
  const { words, schema, flags, changesRights, work, ...command } = definition;
  return {
    ...command,
    flags,
    async run(args, world) {
      const given = readFlags(args, world, { flags, schema, maxWords: words.length });
      if (typeof given === 'number') return given;
      const spoken = (given.flags as { readonly words?: readonly string[] }).words ?? [];
      if (spoken.length < words.length) {
        const missing = words.slice(spoken.length).map((word) => `- <${word}> is needed\n`);
        world.err(`${missing.join('')}tributary ${command.usage}\n`);
        return EXIT_USAGE;
      }
      const code = await withOperations(given.config, { log: changesRights }, ({ call }) =>
        work(given.flags, spoken, { call, world }),
      );
      return code ?? EXIT_OK;
    },
  };
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Times to the minute. */
export function momentText(iso: string | null): string {
  return iso === null ? '-' : iso.slice(0, 16).replace('T', ' ');
}
