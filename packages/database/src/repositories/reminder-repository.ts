import { reminders } from '../schema/index.ts';
import { nameField } from './field-rules.ts';
import { Repository, type Row } from './repository.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type Reminder = Row<typeof reminders>;

export class ReminderRepository extends Repository<typeof reminders, 'title'> {
  constructor(replica: WorkspaceReplica) {
    super(replica, { table: reminders, rules: { title: nameField } });
  }

  /** Due by then and not completed, the longest overdue first. */
  due(now = this.replica.now()): Reminder[] {
    return this.findMany({ where: { completedAt: null, dueAt: { lte: now } }, orderBy: { dueAt: 'asc' } });
  }

  /** A reminder that is complete keeps its time. */
  complete(id: string): Reminder {
    return this.setTimeOnce(id, 'completedAt');
  }

  reopen(id: string): Reminder {
    return this.update(id, { completedAt: null });
  }
}
