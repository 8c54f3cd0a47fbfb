import { DatabaseError } from '../errors.ts';
import { messages } from '../schema/index.ts';
import { purgeAttachments } from './attachment-repository.ts';
import type { ChatRepository } from './chat-repository.ts';
import { idField } from './field-rules.ts';
import { Repository, type NewRow, type Patch, type Row } from './repository.ts';
import type { FieldValues } from './table-input.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type Message = Row<typeof messages>;

/** What an answer ends with. */
export type MessageEnding = Omit<Patch<typeof messages>, 'chatId' | 'parentId' | 'role' | 'status'>;

/**
 * The messages of chats. One that is no longer `streaming` is immutable: only its `metadata`, such as somebody's rating,
 * may change, and it can go to the trash and come back.
 */
export class MessageRepository extends Repository<typeof messages, 'chatId'> {
  readonly #chats: ChatRepository;

  constructor(replica: WorkspaceReplica, chatRepository: ChatRepository) {
    super(replica, { table: messages, rules: { chatId: idField } });
    this.#chats = chatRepository;
  }

  append(chatId: string, message: Omit<NewRow<typeof messages, 'chatId'>, 'chatId'>): Message {
    return this.create({ ...message, chatId });
  }

  complete(id: string, ending: MessageEnding = {}): Message {
    return this.update(id, { ...ending, status: 'complete' });
  }

  /** What has arrived of the answer stays. */
  fail(id: string, ending: MessageEnding = {}): Message {
    return this.update(id, { ...ending, status: 'failed' });
  }

  protected override insert(values: FieldValues): Message {
    const message = super.insert(values);
    this.#chats.touch(String(message.chatId), message.createdAt);
    return message;
  }

  protected override assertMayChange({ id, status }: Message, changes: FieldValues): void {
    const frozen = Object.keys(changes).filter((field) => field !== 'metadata');
    if (status === 'streaming' || frozen.length === 0) return;
    throw new DatabaseError('row_immutable', `message ${id} is ${status}, so its ${frozen.join(', ')} cannot change`);
  }

  protected override purgeBelongings(id: string): void {
    purgeAttachments(this.replica, 'message', id);
  }
}
