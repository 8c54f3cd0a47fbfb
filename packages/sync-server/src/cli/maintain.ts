/** `tributary maintain`: what the databases want done from time to time. */
import { z } from 'zod';
import { flag } from '../config/values.ts';
import { maintain as operation, type Maintained, type NamedSize } from '../control/operations/maintain.ts';
import { EXIT_OK, type Command } from './command.ts';
import { bytesText } from './output/quantities.ts';
import { textTable } from './output/text-table.ts';
import { Progress } from './progress.ts';
import { readFlags } from './read-flags.ts';
import { withOperations } from './with-operations.ts';

const FLAGS = [
  { name: 'vacuum', description: 'In PostgreSQL, free what deleted and replaced rows have left.' },
  { name: 'analyze', description: 'In PostgreSQL, look at the values anew, so that queries are planned well.' },
  {
    name: 'vacuum-log',
    description: 'Write log.db anew. That takes as much room again, and nobody can push meanwhile.',
  },
  { name: 'json', description: 'Say the sizes as JSON, in bytes.' },
] as const;

const schema = z.object({
  vacuum: flag.default(false),
  analyze: flag.default(false),
  'vacuum-log': flag.default(false),
  json: flag.default(false),
});

/** More would not be read. */
const SHOWN_TABLES = 8;

export const maintain: Command = {
  name: 'maintain',
  summary: 'Vacuums and analyzes, and says how large everything is.',
  usage: 'maintain [--vacuum] [--analyze] [--vacuum-log] [--json]',
  details: [
    'Without --vacuum and --analyze it does both. The log is written to its place (log.db-wal is emptied) always.',
  ],
  flags: FLAGS,
  async run(args, world) {
    const given = readFlags(args, world, { flags: FLAGS, schema });
    if (typeof given === 'number') return given;
    const { vacuum, analyze, 'vacuum-log': rewriteLog, json } = given.flags;
    const isBoth = !vacuum && !analyze;
    const input = { vacuum: vacuum || isBoth, analyze: analyze || isBoth, rewriteLog };
    const progress = new Progress(world);
    const maintained = await withOperations(given.config, { log: true }, ({ call }) =>
      call(operation, input, (step) => progress.show(step)),
    );
    progress.end();
    world.out(json ? `${JSON.stringify(maintained, undefined, 2)}\n` : sizesText(maintained));
    return EXIT_OK;
  },
};

function sizesText({ before, after }: Maintained): string {
  const row = (what: string, earlier: number, now: number) => [what, bytesText(earlier), bytesText(now)];
  const bytesBefore = (sizes: readonly NamedSize[], wanted: string) =>
    sizes.find(({ name }) => name === wanted)?.bytes ?? 0;
  const schemas = after.schemas.map(({ name, bytes }) =>
    row(`schema ${name}`, bytesBefore(before.schemas, name), bytes),
  );
  const tables = after.tables
    .slice(0, SHOWN_TABLES)
    .map(({ name, bytes }) => row(`table ${name}`, bytesBefore(before.tables, name), bytes));
  return textTable(
    [{ name: 'what' }, { name: 'before', align: 'right' }, { name: 'after', align: 'right' }],
    [row('log', before.logBytes, after.logBytes), ...schemas, ...tables],
  );
}
