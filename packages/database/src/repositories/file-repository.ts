import { files } from '../schema/index.ts';
import { idField, pathField } from './field-rules.ts';
import { Repository, type Patch, type Row } from './repository.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type ProjectFile = Row<typeof files>;

/** What is known about the files of projects. */
export class FileRepository extends Repository<typeof files, 'projectId' | 'path'> {
  constructor(replica: WorkspaceReplica) {
    super(replica, { table: files, rules: { projectId: idField, path: pathField } });
  }

  /** Two devices may have recorded one path at the same time; the older row is meant. */
  findByPath(projectId: string, path: string): ProjectFile | undefined {
    return this.#findByPath(projectId, path, 'without');
  }

  /** What a scan found at a path: a new file, a change of a known one, or one that came back out of the trash. */
  upsertByPath(
    projectId: string,
    path: string,
    facts: Omit<Patch<typeof files>, 'projectId' | 'path'> = {},
  ): ProjectFile {
    return this.transaction('record', () => {
      const known = this.#findByPath(projectId, path, 'without') ?? this.#findByPath(projectId, path, 'only');
      if (!known) return this.create({ ...facts, projectId, path });
      this.restore(known.id);
      return this.update(known.id, facts);
    });
  }

  #findByPath(projectId: string, path: string, trash: 'without' | 'only'): ProjectFile | undefined {
    const orderBy = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
    return this.findMany({ where: { projectId, path }, orderBy, limit: 1, trash })[0];
  }
}
