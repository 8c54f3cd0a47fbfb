import { and, eq } from 'drizzle-orm';
import { attachments } from '../schema/index.ts';
import { idField, nameField, wordField } from './field-rules.ts';
import { Repository, type Row } from './repository.ts';
import * as rule from './rule.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type Attachment = Row<typeof attachments>;
export type AttachmentOwner = Attachment['ownerKind'];

/** Blobs beside rows, named by the hash of their contents. */
export class AttachmentRepository extends Repository<
  typeof attachments,
  'ownerKind' | 'ownerId' | 'name' | 'contentHash'
> {
  constructor(replica: WorkspaceReplica) {
    super(replica, {
      table: attachments,
      rules: { ownerId: idField, name: nameField, contentHash: idField, mime: rule.optional(wordField) },
    });
  }

  /** The oldest first. */
  of(ownerKind: AttachmentOwner, ownerId: string): Attachment[] {
    return this.findMany({ where: { ownerKind, ownerId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  }
}

/** For good, together with the row that they lie beside. */
export function purgeAttachments({ db }: WorkspaceReplica, ownerKind: AttachmentOwner, ownerId: string): void {
  db.delete(attachments)
    .where(and(eq(attachments.ownerKind, ownerKind), eq(attachments.ownerId, ownerId)))
    .run();
}
