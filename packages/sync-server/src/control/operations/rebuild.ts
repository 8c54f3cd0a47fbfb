/** The projection folded once more from the log, compared, and put right; see projector/rebuild. */
import { z } from 'zod';
import { migrateCloud } from '../../cloud/migrate-cloud.ts';
import { ServerError } from '../../errors.ts';
import { nearestName } from '../../config/nearest-name.ts';
import type { Log } from '../../log/log.ts';
import type { RebuildProgress, RebuiltWorkspace } from '../../projector/rebuild.ts';
import type { Operation } from '../operation.ts';

const inputSchema = z.object({
  /** All of them where it is absent. */
  workspaceIds: z.array(z.string()).optional(),
  prune: z.boolean(),
});

export interface RebuildStep extends RebuildProgress {
  /** Of how many workspaces this is which. */
  readonly index: number;
  readonly count: number;
}

export const rebuild: Operation<z.output<typeof inputSchema>, RebuildStep, readonly RebuiltWorkspace[]> = {
  name: 'projection-rebuild',
  input: inputSchema,
  needsLog: true,
  isExclusive: true,
  async run({ workspaceIds, prune }, { place: { log, cloud, schema, isServing }, emit, signal }) {
    const chosen = await chosenFrom(log, workspaceIds);
    if (!isServing) await migrateCloud(cloud, schema.migrations);
    let told = Promise.resolve();
    const onProgress = (progress: RebuildProgress): void => {
      // The one place at which it can be ended: the shadow is dropped, and the live rows are as they were.
      signal.throwIfAborted();
      const index = chosen.indexOf(progress.workspaceId) + 1;
      told = told.then(() => emit({ ...progress, index, count: chosen.length })).catch(() => {});
    };
    const { rebuildProjection } = await import('../../projector/rebuild.ts');
    const rebuilt = await rebuildProjection({ log, cloud, schema, workspaceIds: chosen, prune, onProgress });
    await told;
    return rebuilt;
  },
};

async function chosenFrom(log: Log, wanted: readonly string[] | undefined): Promise<readonly string[]> {
  const known = (await log.workspaces()).map(({ workspaceId }) => workspaceId);
  for (const id of wanted ?? []) {
    if (known.includes(id)) continue;
    const near = nearestName(id, known);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    throw new ServerError('config_invalid', `there is no workspace ${id} in the log${hint}`);
  }
  return wanted ?? known;
}
