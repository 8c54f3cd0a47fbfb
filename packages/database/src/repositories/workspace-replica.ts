import type { Replica } from '../replica/replica.ts';
import type { WorkspaceTables } from '../schema/workspace.ts';

/** What every repository works on. */
export type WorkspaceReplica = Replica<WorkspaceTables>;
