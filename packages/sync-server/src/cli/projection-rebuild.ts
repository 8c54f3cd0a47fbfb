/** `tributary projection rebuild`: folds the log once more beside the cloud copy, compares, and replaces what differs. */
import { z } from 'zod';
import { flag, text } from '../config/values.ts';
import { rebuild, type RebuildStep } from '../control/operations/rebuild.ts';
import type { RebuiltWorkspace } from '../projector/rebuild.ts';
import { EXIT_OK, type Command } from './command.ts';
import { countText, plural } from './output/quantities.ts';
import { textTable } from './output/text-table.ts';
import { Progress, type ProgressStep } from './progress.ts';
import { readFlags } from './read-flags.ts';
import { withOperations } from './with-operations.ts';

const FLAGS = [
  { name: 'workspace', placeholder: 'id', description: 'Only this one; can be given several times. Default: all.' },
  { name: 'prune', description: 'Delete rows that the log does not hold. Without it they are counted, and kept.' },
  { name: 'json', description: 'Say what differed as JSON.' },
] as const;

const schema = z.object({
  workspace: z.array(text).default([]),
  prune: flag.default(false),
  json: flag.default(false),
});

export const projectionRebuild: Command = {
  name: 'rebuild',
  summary: 'Folds the log once more, compares with the cloud copy, and replaces what differs.',
  usage: 'projection rebuild [--workspace <id>]… [--prune] [--json]',
  details: ['People go on editing and reading: until a workspace has been compared, its rows are as they were.'],
  flags: FLAGS,
  async run(args, world) {
    const given = readFlags(args, world, { flags: FLAGS, schema });
    if (typeof given === 'number') return given;
    const { workspace, prune, json } = given.flags;
    const progress = new Progress(world);
    const input = { prune, ...(workspace.length > 0 && { workspaceIds: workspace }) };
    const rebuilt = await withOperations(given.config, { log: true }, ({ call }) =>
      call(rebuild, input, (step) => progress.show(progressOf(step))),
    );
    progress.end();
    world.out(json ? `${JSON.stringify(rebuilt, undefined, 2)}\n` : rebuiltText(rebuilt, prune));
    return EXIT_OK;
  },
};

function progressOf({ workspaceId, seq, head, index, count }: RebuildStep): ProgressStep {
  return { done: index - 1 + seq / Math.max(1, head), all: count, what: `${workspaceId} (${index} of ${count})` };
}

function rebuiltText(rebuilt: readonly RebuiltWorkspace[], prune: boolean): string {
  const differences = rebuilt.flatMap(({ workspaceId, tables }) =>
    tables.map(({ table, replaced, surplus }) => [workspaceId, table, countText(replaced), countText(surplus)]),
  );
  const different = rebuilt.filter(({ wasEqual }) => !wasEqual).length;
  const summary = `${plural(rebuilt.length, 'workspace')} rebuilt, ${countText(different)} differed\n`;
  if (differences.length === 0) return summary;
  const columns = [
    { name: 'workspace' },
    { name: 'table' },
    { name: 'replaced', align: 'right' },
    { name: prune ? 'deleted' : 'surplus', align: 'right' },
  ] as const;
  return textTable(columns, differences) + summary;
}
