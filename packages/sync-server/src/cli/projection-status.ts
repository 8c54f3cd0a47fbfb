/** `tributary projection status`: for each workspace, how far the cloud copy is behind the log, and how much it holds. */
import { z } from 'zod';
import { flag } from '../config/values.ts';
import { projectionStatus as operation, type ProjectionStatus } from '../control/operations/projection-status.ts';
import { EXIT_OK, type Command } from './command.ts';
import { bytesText, countText, durationText, plural } from './output/quantities.ts';
import { textTable, type TableColumn } from './output/text-table.ts';
import { readFlags } from './read-flags.ts';
import { withOperations } from './with-operations.ts';

const FLAGS = [{ name: 'json', description: 'Say it as JSON; times are in milliseconds.' }] as const;

const schema = z.object({ json: flag.default(false) });

export const projectionStatus: Command = {
  name: 'status',
  summary: 'Says how far the cloud copy of each workspace is behind the log.',
  usage: 'projection status [--json]',
  flags: FLAGS,
  async run(args, world) {
    const given = readFlags(args, world, { flags: FLAGS, schema });
    if (typeof given === 'number') return given;
    const status = await withOperations(given.config, { log: true }, ({ call }) => call(operation, {}));
    world.out(given.flags.json ? `${JSON.stringify(status, undefined, 2)}\n` : statusText(status));
    return EXIT_OK;
  },
};

const COLUMNS: readonly TableColumn[] = [
  { name: 'workspace' },
  ...['seq', 'head', 'behind', 'lag', 'rows', 'bytes', 'quarantine'].map((name) => ({ name, align: 'right' as const })),
];

function statusText({ workspaces, total }: ProjectionStatus): string {
  const rows = workspaces.map(({ workspaceId, seq, head, behind, lagMs, rows: count, bytes, quarantined }) => [
    workspaceId,
    countText(seq),
    countText(head),
    countText(behind),
    behind === 0 ? '-' : durationText(lagMs),
    countText(count),
    bytesText(bytes),
    countText(quarantined),
  ]);
  const state = total.behind === 0 ? 'up to date' : `${plural(total.behind, 'entry', 'entries')} behind`;
  const held = `${plural(total.rows, 'row')}, ${bytesText(total.bytes)}, ${countText(total.quarantined)} in quarantine`;
  return `${textTable(COLUMNS, rows)}${plural(total.workspaces, 'workspace')}: ${state}; ${held}\n`;
}
