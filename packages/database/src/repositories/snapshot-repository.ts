import { viewSnapshots } from '../schema/index.ts';
import { idField, titleField } from './field-rules.ts';
import { Repository, type NewRow, type Row } from './repository.ts';
import type { ViewRepository } from './view-repository.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type ViewSnapshot = Row<typeof viewSnapshots>;

/** What views showed. */
export class SnapshotRepository extends Repository<typeof viewSnapshots, 'viewId'> {
  readonly #views: ViewRepository;

  constructor(replica: WorkspaceReplica, viewRepository: ViewRepository) {
    super(replica, { table: viewSnapshots, rules: { viewId: idField, title: titleField } });
    this.#views = viewRepository;
  }

  /** Keeps what a view shows now. */
  take(viewId: string, snapshot: Omit<NewRow<typeof viewSnapshots, 'viewId'>, 'viewId'>): ViewSnapshot {
    return this.transaction('create', () => {
      this.#views.getById(viewId);
      return this.create({ ...snapshot, viewId });
    });
  }

  /** The latest first. */
  of(viewId: string): ViewSnapshot[] {
    return this.findMany({ where: { viewId }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] });
  }
}
