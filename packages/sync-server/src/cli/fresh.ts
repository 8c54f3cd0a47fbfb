/** `tributary fresh`: the cloud copy dropped, and made anew from the log. */
import { z } from 'zod';
import { flag } from '../config/values.ts';
import { forecastFresh, fresh as operation, type FreshForecast } from '../control/operations/fresh.ts';
import { EXIT_OK, EXIT_USAGE, type Command } from './command.ts';
import { countText, plural } from './output/quantities.ts';
import { Progress } from './progress.ts';
import { readFlags } from './read-flags.ts';
import { withOperations } from './with-operations.ts';

const FLAGS = [{ name: 'yes', description: 'Do it. Without this, it only says what would be lost.' }] as const;

const schema = z.object({ yes: flag.default(false) });

export const fresh: Command = {
  name: 'fresh',
  summary: 'Drops the cloud copy and makes it anew from the log.',
  usage: 'fresh --yes',
  details: ['Syncing goes on meanwhile; reading from PostgreSQL does not. projection rebuild puts right with less.'],
  flags: FLAGS,
  async run(args, world) {
    const given = readFlags(args, world, { flags: FLAGS, schema });
    if (typeof given === 'number') return given;
    return withOperations(given.config, { log: true }, async ({ call }) => {
      if (!given.flags.yes) {
        world.err(warningOf(await call(forecastFresh, {})));
        return EXIT_USAGE;
      }
      const progress = new Progress(world);
      const status = await call(operation, {}, ({ done, all }) => progress.show({ done, all, what: 'projecting' }));
      progress.end();
      const { rows, workspaces } = status.total;
      world.out(`made anew: ${plural(rows, 'row')} of ${plural(workspaces, 'workspace')}\n`);
      return EXIT_OK;
    });
  },
};

function warningOf({ status: { workspaces, total }, readerGrants }: FreshForecast): string {
  const entries = workspaces.reduce((sum, { head }) => sum + head, 0);
  const grants =
    readerGrants === 0 ? '' : `  ${plural(readerGrants, 'grant')} of readers to workspaces (sync.reader_grants)\n`;
  return [
    `This drops the ${plural(total.rows, 'row')} of the cloud copy and makes them anew from the log:\n`,
    `  ${plural(entries, 'entry', 'entries')} of ${plural(workspaces.length, 'workspace')}, of which nothing is lost.\n`,
    'Lost is what only PostgreSQL knows:\n',
    grants,
    '  rows of which the log knows nothing, and what else was written there by hand\n',
    `Nobody can read the ${countText(total.rows)} rows until it is done. Do it with --yes.\n`,
  ].join('');
}
