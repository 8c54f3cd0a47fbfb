import { eq } from 'drizzle-orm';
import { files, projects } from '../schema/index.ts';
import { purgeAttachments } from './attachment-repository.ts';
import { nameField, pathField } from './field-rules.ts';
import { Repository, type Row } from './repository.ts';
import * as rule from './rule.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type Project = Row<typeof projects>;

export class ProjectRepository extends Repository<typeof projects, 'name'> {
  constructor(replica: WorkspaceReplica) {
    super(replica, { table: projects, rules: { name: nameField, path: rule.optional(rule.nullable(pathField)) } });
  }

  /** The latest edited first. */
  findActive(): Project[] {
    return this.findMany({ where: { status: 'active' }, orderBy: { updatedAt: 'desc' } });
  }

  /** Two devices may have created one for the same path; the older one is meant. */
  findByPath(path: string): Project | undefined {
    return this.findMany({ where: { path }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }], limit: 1 })[0];
  }

  /** Records that the project is opened now. */
  touch(id: string): Project {
    return this.stamp(id, { lastOpenedAt: this.replica.now() });
  }

  archive(id: string): Project {
    return this.update(id, { status: 'archived' });
  }

  /**
   * Notes, chats and the like outlive their project: their `projectId` is left as it is and dangles, so that purging a
   * project does not edit a thousand rows that somebody else may be editing.
   */
  protected override purgeBelongings(id: string): void {
    const { db } = this.replica;
    db.delete(files).where(eq(files.projectId, id)).run();
    purgeAttachments(this.replica, 'project', id);
  }
}
