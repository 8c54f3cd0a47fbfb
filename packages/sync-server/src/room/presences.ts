/** What the members of a room say that they are doing; only those who say anything are kept. */
import { encodeServerFrame } from '@tributary/sync/protocol';
import type { RoomMember } from './room-member.ts';

export class Presences {
  readonly #last = new Map<RoomMember, Uint8Array>();

  /** `frame` is what the others get, and those who come later. */
  show(member: RoomMember, frame: Uint8Array, everybody: Iterable<RoomMember>): void {
    this.#last.set(member, frame);
    for (const other of everybody) {
      if (other !== member) other.tell(frame, { droppable: true });
    }
  }

  introduce(newcomer: RoomMember): void {
    for (const frame of this.#last.values()) newcomer.tell(frame, { droppable: true });
  }

  leave(member: RoomMember, others: Iterable<RoomMember>): void {
    if (!this.#last.delete(member)) return;
    const gone = goneFrame(member);
    for (const other of others) other.tell(gone);
  }
}

function goneFrame({ sessionId, siteId, userId }: RoomMember): Uint8Array {
  return encodeServerFrame({ case: 'presence', value: { sessionId, siteId, userId, gone: true } });
}
