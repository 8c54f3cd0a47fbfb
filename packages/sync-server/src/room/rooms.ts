/** The rooms that somebody is in, or that still have something to store. */
import { ProtocolError } from '@tributary/sync/protocol';
import { Room, type RoomServices } from './room.ts';

export class Rooms {
  readonly #services: RoomServices;
  readonly #rooms = new Map<string, Room>();
  readonly #opening = new Map<string, Promise<Room>>();
  /** Workspaces whose epoch has begun while this relay had their log open, and nothing can have been lost since. */
  readonly #begun = new Set<string>();
  /** How often each was closed and not released yet. */
  readonly #closed = new Map<string, number>();

  constructor(services: RoomServices) {
    this.#services = services;
  }

  get count(): number {
    return this.#rooms.size;
  }

  find(workspaceId: string): Room | undefined {
    return this.#rooms.get(workspaceId);
  }

  /** Opened where it is not yet, and held: whoever enters releases it. */
  async enter(workspaceId: string): Promise<Room> {
    for (;;) {
      this.#expectOpen(workspaceId);
      const room = this.#rooms.get(workspaceId);
      if (room !== undefined) {
        room.hold();
        return room;
      }
      await this.#open(workspaceId);
    }
  }

  /** Nobody can enter until what it resolves with is called. */
  async close(workspaceId: string): Promise<() => void> {
    this.#closed.set(workspaceId, (this.#closed.get(workspaceId) ?? 0) + 1);
    await this.#opening.get(workspaceId)?.catch(() => {});
    this.#begun.delete(workspaceId);
    return () => {
      const count = (this.#closed.get(workspaceId) ?? 0) - 1;
      if (count > 0) this.#closed.set(workspaceId, count);
      else this.#closed.delete(workspaceId);
    };
  }

  #expectOpen(workspaceId: string): void {
    if (this.#closed.has(workspaceId)) throw new ProtocolError('going_away', 'the workspace is closed for a moment');
  }

  #open(workspaceId: string): Promise<Room> {
    let opening = this.#opening.get(workspaceId);
    if (opening === undefined) {
      opening = this.#read(workspaceId).finally(() => this.#opening.delete(workspaceId));
      this.#opening.set(workspaceId, opening);
    }
    return opening;
  }

  async #read(workspaceId: string): Promise<Room> {
    const state = await this.#services.log.openWorkspace(workspaceId);
    if (state.isNew) this.#begun.add(workspaceId);
    const room = new Room(workspaceId, state, this.#services, {
      isEmpty: () => void this.#rooms.delete(workspaceId),
      hasBegunEpoch: () => this.#begun.has(workspaceId),
      epochBegun: () => void this.#begun.add(workspaceId),
    });
    this.#rooms.set(workspaceId, room);
    return room;
  }
}
