/** Which workspaces the log has. */
import { z } from 'zod';
import type { WorkspaceHead } from '../../log/log.ts';
import type { Operation } from '../operation.ts';

export const workspaceHeads: Operation<Record<string, never>, never, readonly WorkspaceHead[]> = {
  name: 'workspace-heads',
  input: z.object({}) as z.ZodType<Record<string, never>>,
  needsLog: true,
  isExclusive: false,
  run: (_input, { place: { log } }) => log.workspaces(),
};
