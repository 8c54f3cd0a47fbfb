import type { Names } from '../messages.ts';
import type { Channel, OpenChannel } from '../ports.ts';

/** The inboxes of other tabs, opened when something is sent there first. */
export class PeerChannels {
  readonly #open: OpenChannel;
  readonly #names: Names;
  readonly #channels = new Map<string, Channel>();

  constructor(open: OpenChannel, names: Names) {
    this.#open = open;
    this.#names = names;
  }

  send(tab: string, message: unknown): void {
    let channel = this.#channels.get(tab);
    if (channel === undefined) {
      channel = this.#open(this.#names.inbox(tab));
      this.#channels.set(tab, channel);
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is within its origin
    channel.postMessage(message);
  }

  closeAllBut(kept: string): void {
    for (const tab of this.#channels.keys()) if (tab !== kept) this.close(tab);
  }

  close(tab: string): void {
    this.#channels.get(tab)?.close();
    this.#channels.delete(tab);
  }
}
