import { agents } from '../schema/index.ts';
import { nameField, wordField } from './field-rules.ts';
import { Repository, type Row } from './repository.ts';
import * as rule from './rule.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type Agent = Row<typeof agents>;

export class AgentRepository extends Repository<typeof agents, 'name'> {
  constructor(replica: WorkspaceReplica) {
    super(replica, { table: agents, rules: { name: nameField, kind: rule.optional(wordField) } });
  }
}
