import { users } from '../schema/index.ts';
import { nameField } from './field-rules.ts';
import { Repository, type Row } from './repository.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type User = Row<typeof users>;

/** Profiles of the workspace's members. */
export class UserRepository extends Repository<typeof users, 'name'> {
  constructor(replica: WorkspaceReplica) {
    super(replica, { table: users, rules: { name: nameField } });
  }

  /** Records that the member is active now. */
  touch(id: string): User {
    return this.stamp(id, { lastActiveAt: this.replica.now() });
  }
}
