/**
 * One workspace while somebody is connected to it: who that is, where its log stands, and how what one member does reaches
 * the others. Everything that depends on who else is there, or on the life of the log, is decided here, one admission at a
 * time.
 */
import { encodeServerFrame, ProtocolError } from '@tributary/sync/protocol';
import type { Logger } from '../logger.ts';
import type { Appended, Log, LogRange, LogEntry, WorkspaceLog } from '../log/log.ts';
import type { Committer, PendingAppend } from './committer.ts';
import { Delivery, type CommittedPush } from './delivery.ts';
import { Presences } from './presences.ts';
import { RefillTurns } from './refill-turns.ts';
import type { AdmissionRequest, PushAuthor, PushToStore, RoomMember } from './room-member.ts';

export interface RoomServices {
  readonly log: Log;
  readonly committer: Committer;
  readonly logger: Logger;
  /** Something was stored: the log ends with the entry `head` now. */
  readonly onStored: (workspaceId: string, head: number) => void;
  /** Up to which entry the workspace is projected, as far as is known. */
  readonly projectedSeq: (workspaceId: string) => number | undefined;
}

export interface RoomOwner {
  /** Nobody holds it any more. */
  isEmpty(): void;
  /** Whether the epoch is of this run of the relay: while it has the log open, nothing is lost or restored. */
  hasBegunEpoch(): boolean;
  epochBegun(): void;
}

export class Room {
  readonly workspaceId: string;
  readonly refills = new RefillTurns();
  readonly presences = new Presences();
  /** Stored, or on its way to be. */
  readonly unknownNames: Set<string>;
  readonly #services: RoomServices;
  readonly #owner: RoomOwner;
  readonly #members = new Map<string, RoomMember>();
  #epoch: string;
  #head: number;
  #projectedSeq: number;
  #holds = 0;
  #pendingPushes = 0;
  #stored: CommittedPush[] = [];
  #lastAdmission: Promise<void> = Promise.resolve();

  constructor(workspaceId: string, state: WorkspaceLog, services: RoomServices, owner: RoomOwner) {
    this.workspaceId = workspaceId;
    this.#services = services;
    this.#owner = owner;
    this.#epoch = state.epoch;
    this.#head = state.head;
    this.#projectedSeq = services.projectedSeq(workspaceId) ?? 0;
    this.unknownNames = new Set(state.unknownNames);
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** The last entry that members may know of. */
  get head(): number {
    return this.#head;
  }

  /** The room is kept until it has been released as often. */
  hold(): void {
    this.#holds++;
  }

  release(): void {
    this.#holds--;
    if (this.#holds === 0) this.#owner.isEmpty();
  }

  /** Calls `admitted` of the member, unless it has ended by then. */
  admit(member: RoomMember, request: AdmissionRequest): Promise<void> {
    // Held on its own account: an admission may begin an epoch, also when the member has left meanwhile.
    this.hold();
    const admission = this.#lastAdmission.then(() => this.#admit(member, request));
    this.#lastAdmission = admission.catch(() => {}).finally(() => this.release());
    return admission;
  }

  leave(member: RoomMember): void {
    if (this.#members.get(member.siteKey) !== member) return;
    this.#members.delete(member.siteKey);
    this.refills.leave(member);
    this.presences.leave(member, this.#members.values());
  }

  read(range: LogRange): Promise<readonly LogEntry[]> {
    return this.#services.log.read(this.workspaceId, range);
  }

  append(author: PushAuthor, push: PushToStore): void {
    this.hold();
    this.#pendingPushes++;
    this.#services.committer.add(new PendingPush(this, author, push));
  }

  stored(author: PushAuthor, push: PushToStore, { seq, knownVersion }: Appended): void {
    this.#settle();
    author.pushStored(push);
    const { siteId, toVersion, refill, payloads } = push;
    this.#stored.push({ author, siteId, toVersion, refill, payloads, knownVersion, seq });
  }

  failed(author: PushAuthor, push: PushToStore): void {
    this.#settle();
    author.pushFailed(push);
  }

  publish(): void {
    const delivery = new Delivery(this.#stored, this.#services.log.mark);
    this.#stored = [];
    this.#head = delivery.last;
    for (const member of this.#members.values()) member.committed(delivery);
    this.#services.onStored(this.workspaceId, this.#head);
  }

  showPresence(member: RoomMember, frame: Uint8Array): void {
    this.presences.show(member, frame, this.#members.values());
  }

  announceProjected(seq: number): void {
    if (seq <= this.#projectedSeq) return;
    this.#projectedSeq = seq;
    const receipt = receiptOf(seq);
    for (const member of this.#members.values()) member.tell(receipt, { droppable: true });
  }

  async #admit(member: RoomMember, request: AdmissionRequest): Promise<void> {
    if (member.hasEnded) return;
    this.#members.get(member.siteKey)?.end('site_replaced', 'the same site has connected again');
    // Whatever the site has pushed before is in the log by then: what comes after is this session's.
    if (this.#pendingPushes > 0) await this.#services.committer.settled();
    if (request.epoch === this.#epoch && (await this.#lacksEntryOf(request))) await this.#beginEpoch(request);
    const siteHead = await this.#services.log.siteHead(this.workspaceId, request.siteId);
    if (member.hasEnded) return;

    const isOfThisLife = request.epoch === this.#epoch;
    this.#members.set(member.siteKey, member);
    member.admitted({
      epoch: this.#epoch,
      head: this.#head,
      cursor: isOfThisLife ? request.cursor : 0,
      mayRefill: request.wantsRefill || (!isOfThisLife && request.epoch !== ''),
      siteHead,
    });
    this.presences.introduce(member);
    if (this.#projectedSeq > 0) member.tell(receiptOf(this.#projectedSeq));
  }

  /** A replica has applied an entry that is not there: the log was lost, or restored from a copy. */
  async #lacksEntryOf({ cursor, mark }: AdmissionRequest): Promise<boolean> {
    if (cursor === 0) return false;
    if (cursor > this.#head) return true;
    return (await this.#services.log.markAt(this.workspaceId, cursor)) !== mark;
  }

  async #beginEpoch({ cursor }: AdmissionRequest): Promise<void> {
    if (this.#owner.hasBegunEpoch()) throw new ProtocolError('malformed_frame', 'there never was such a cursor');
    this.#epoch = await this.#services.log.beginEpoch(this.workspaceId);
    this.#owner.epochBegun();
    const fields = { workspace: this.workspaceId, epoch: this.#epoch, head: this.#head, cursor };
    this.#services.logger.warn(fields, 'a client has an entry that the log lacks: began a new epoch');
    for (const member of this.#members.values()) {
      member.end('epoch_changed', 'the log was lost or restored and has begun a new epoch');
    }
  }

  #settle(): void {
    this.#pendingPushes--;
    this.release();
  }
}

/** A checked push, from its session to the disk. */
class PendingPush implements PendingAppend {
  readonly room: Room;
  readonly author: PushAuthor;
  readonly #push: PushToStore;
  readonly #epoch: string;

  constructor(room: Room, author: PushAuthor, push: PushToStore) {
    this.room = room;
    this.author = author;
    this.#push = push;
    this.#epoch = room.epoch;
  }

  get append() {
    return { ...this.#push, workspaceId: this.room.workspaceId };
  }

  /** Its versions and its base speak of a life of the log that is over. */
  isObsolete(): boolean {
    return this.#epoch !== this.room.epoch;
  }

  stored(appended: Appended): void {
    this.room.stored(this.author, this.#push, appended);
  }

  failed(): void {
    this.room.failed(this.author, this.#push);
  }
}

function receiptOf(seq: number): Uint8Array {
  return encodeServerFrame({ case: 'receipt', value: { projectedSeq: BigInt(seq) } });
}
