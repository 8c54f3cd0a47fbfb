/** `tributary migrate`: brings the cloud copy to this version. The server does that by itself when it starts. */
import { z } from 'zod';
import { flag } from '../config/values.ts';
import { migrate as operation } from '../control/operations/migrations.ts';
import { EXIT_OK, type Command } from './command.ts';
import { plural } from './output/quantities.ts';
import { readFlags } from './read-flags.ts';
import { withOperations } from './with-operations.ts';

const FLAGS = [
  { name: 'dry-run', description: 'Say what would be done, and do nothing.' },
  { name: 'json', description: 'Say it as JSON.' },
] as const;

const schema = z.object({ 'dry-run': flag.default(false), json: flag.default(false) });

export const migrate: Command = {
  name: 'migrate',
  summary: 'Brings the tables of the cloud copy to this version.',
  usage: 'migrate [--dry-run] [--json]',
  details: ['The server does the same when it starts.'],
  flags: FLAGS,
  async run(args, world) {
    const given = readFlags(args, world, { flags: FLAGS, schema });
    if (typeof given === 'number') return given;
    const { json, 'dry-run': dryRun } = given.flags;
    const migrated = await withOperations(given.config, { log: false }, ({ call }) => call(operation, { dryRun }));
    const { before, applied } = migrated;
    if (json) {
      world.out(`${JSON.stringify({ ...before, applied: before.applied, pending: before.pending, done: applied })}\n`);
      return EXIT_OK;
    }
    for (const tag of dryRun ? before.pending : applied) world.out(`${dryRun ? 'would apply' : 'applied'} ${tag}\n`);
    for (const tag of before.unknown) world.out(`unknown: ${tag} was applied by a newer version\n`);
    const known = before.applied.length + applied.length;
    world.out(`${plural(known, 'migration')} applied, ${before.pending.length - applied.length} to come\n`);
    return EXIT_OK;
  },
};
