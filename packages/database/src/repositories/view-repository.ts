import { eq } from 'drizzle-orm';
import { views, viewSnapshots } from '../schema/index.ts';
import { nameField } from './field-rules.ts';
import { Repository, type Row } from './repository.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type View = Row<typeof views>;

export class ViewRepository extends Repository<typeof views, 'name'> {
  constructor(replica: WorkspaceReplica) {
    super(replica, { table: views, rules: { name: nameField } });
  }

  /** By name. */
  findPinned(): View[] {
    return this.findMany({ where: { pinned: true }, orderBy: { name: 'asc' } });
  }

  protected override purgeBelongings(id: string): void {
    this.replica.db.delete(viewSnapshots).where(eq(viewSnapshots.viewId, id)).run();
  }
}
