/** `tributary rollback`: takes the last migrations of the cloud copy back, before an older version is started. */
import { z } from 'zod';
import { count } from '../config/values.ts';
import { rollback as operation, runningServer } from '../control/operations/migrations.ts';
import { EXIT_OK, type Command } from './command.ts';
import { readFlags } from './read-flags.ts';
import { withOperations } from './with-operations.ts';

const FLAGS = [{ name: 'steps', placeholder: 'number', description: 'How many migrations. Default: 1.' }] as const;

const schema = z.object({ steps: count.default(1) });

export const rollback: Command = {
  name: 'rollback',
  summary: 'Takes migrations of the cloud copy back, for an older version.',
  usage: 'rollback [--steps <number>]',
  details: ['What is in the tables that go is made anew from the log when they come back. No server may be running.'],
  flags: FLAGS,
  async run(args, world) {
    const given = readFlags(args, world, { flags: FLAGS, schema });
    if (typeof given === 'number') return given;
    const { steps } = given.flags;
    const { rolledBack, left } = await withOperations(given.config, { log: false }, ({ server, call }) => {
      if (server !== undefined) throw runningServer();
      return call(operation, { steps });
    });
    for (const tag of rolledBack) world.out(`took back ${tag}\n`);
    world.out(left.length === 0 ? 'nothing is left\n' : `now at ${left.at(-1)}\n`);
    return EXIT_OK;
  },
};
