/**
 * Who may refill a log that has begun a new life: one client at a time, so that the next only sends what the one before it
 * did not have.
 */
import type { RoomMember } from './room-member.ts';

export class RefillTurns {
  /** The first has its turn. */
  readonly #queue: RoomMember[] = [];

  has(member: RoomMember): boolean {
    return this.#queue[0] === member;
  }

  join(member: RoomMember): void {
    if (this.#queue.includes(member)) return;
    this.#queue.push(member);
    if (this.#queue.length === 1) member.takeRefillTurn();
  }

  /** It has had its turn for long enough without a word: the others go first. */
  passOn(member: RoomMember): void {
    if (!this.has(member) || this.#queue.length === 1) return;
    this.leave(member);
    this.#queue.push(member);
  }

  /** It has finished, or is gone. */
  leave(member: RoomMember): void {
    const place = this.#queue.indexOf(member);
    if (place < 0) return;
    this.#queue.splice(place, 1);
    if (place === 0) this.#queue[0]?.takeRefillTurn();
  }
}
