/** `tributary projection`: how the cloud copy follows the log, and how it is put right. */
import { EXIT_USAGE, type Command } from './command.ts';
import { projectionRebuild } from './projection-rebuild.ts';
import { projectionStatus } from './projection-status.ts';

const SUBCOMMANDS = [projectionStatus, projectionRebuild] as const;

export const projection: Command = {
  name: 'projection',
  summary: 'Says how far the cloud copy is behind the log, or rebuilds it.',
  usage: 'projection <status | rebuild>',
  flags: [],
  subcommands: SUBCOMMANDS,
  run(_args, world) {
    world.err(`which one? ${SUBCOMMANDS.map(({ name }) => `tributary projection ${name}`).join(', ')}\n`);
    return Promise.resolve(EXIT_USAGE);
  },
};
