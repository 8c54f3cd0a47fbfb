/**
 * A tab's dedicated worker. It stands between its page and whoever leads: itself, if it holds the lock, or another tab's
 * worker, reached over channels. The page never has to know which.
 *
 *   page ◄──► its worker ──(it leads)──► Leader: the replica, live queries, sync
 *                 └──(another leads)──► channel ──► that worker's Leader
 *
 * What has no answer is asked again of each new leader, so nothing is lost when one dies, and edits are made once.
 */
import { codeOf, packError, type ErrorParcel } from '../error-parcel.ts';
import { TabsError } from '../errors.ts';
import type { TabReplica } from '../leader/mutations.ts';
import {
  isAnnouncement,
  isNewer,
  namesOf,
  TABS_PROTOCOL,
  type Announcement,
  type FromLeader,
  type FromPage,
  type Names,
  type PageState,
  type Query,
  type Release,
  type ToLeader,
  type ToPage,
} from '../messages.ts';
import type { Channel } from '../ports.ts';
import { Leadership } from './leadership.ts';
import { Leading } from './leading.ts';
import { OpenCalls, type OpenCall } from './open-calls.ts';
import { PeerChannels } from './peer-channels.ts';
import type { TabPlatform, TabWorkerOptions } from './tab-options.ts';

/** How long a tab that somebody looks at waits for one that nobody looks at. */
const PATIENCE_MS = 1_000;

export class TabWorker<T extends TabReplica, R> {
  readonly #platform: TabPlatform;
  readonly #names: Names;
  readonly #tab: string;
  readonly #release: Release;
  readonly #leadership: Leadership;
  readonly #leading: Leading<T, R>;
  readonly #calls = new OpenCalls();
  readonly #subscriptions = new Map<number, Query>();
  readonly #peers: PeerChannels;
  #announcements: Channel | undefined;
  /** Who leads, this worker or another. */
  #current: { readonly tab: string; readonly term: string } | undefined;
  #failure: ErrorParcel | undefined;
  #isOutdated = false;
  #isPaused = false;
  #pageState: PageState = 'visible';
  #presence: { readonly state: unknown } | undefined;
  #isWaiting = false;

  constructor(options: TabWorkerOptions<T, R>, platform: TabPlatform) {
    const { locks, openChannel, newId } = platform;
    this.#platform = platform;
    this.#names = namesOf(options.database);
    this.#tab = newId();
    this.#release = { protocol: TABS_PROTOCOL, version: options.version ?? 1 };
    this.#peers = new PeerChannels(openChannel, this.#names);
    this.#leading = new Leading({
      options,
      platform,
      names: this.#names,
      peers: this.#peers,
      host: {
        isWanted: () => this.#leadership.isWanted,
        isPaused: () => this.#isPaused,
        began: (term) => this.#beganToLead(term),
        ended: (term) => this.#endedToLead(term),
        failed: (error) => this.#fail(error),
        heard: (message) => this.#answered(message),
        broken: () => this.#leadership.handOff(),
      },
      tab: this.#tab,
    });
    this.#leadership = new Leadership({
      locks,
      lockName: this.#names.leaderLock,
      begin: () => this.#leading.begin(),
      end: () => this.#leading.end(),
    });
  }

  start(): void {
    const { page, locks } = this.#platform;
    page.addEventListener('message', ({ data }) => this.#fromPage(data as FromPage));
    // For life: whoever is granted it knows that this tab is gone.
    const hold = () => {
      this.#join();
      return new Promise<void>(() => {});
    };
    locks.request(this.#names.tabLock(this.#tab), hold).catch((error: unknown) => this.#fail(error));
  }

  #join(): void {
    const { openChannel } = this.#platform;
    this.#announcements = openChannel(this.#names.announcements);
    this.#announcements.addEventListener('message', ({ data }) => {
      if (isAnnouncement(data)) this.#heard(data);
    });
    openChannel(this.#names.inbox(this.#tab)).addEventListener('message', ({ data }) => {
      this.#received(data as ToLeader | FromLeader);
    });
    this.#tellConnection();
    this.#leadership.join();
    this.#sayHello();
  }

  // The page.

  #fromPage(message: FromPage): void {
    switch (message.kind) {
      case 'call':
        this.#called(this.#calls.add(message));
        break;
      case 'subscribe':
        this.#subscriptions.set(message.id, message.query);
        this.#ask({ kind: 'subscribe', id: message.id, query: message.query });
        break;
      case 'unsubscribe':
        this.#subscriptions.delete(message.id);
        this.#ask({ kind: 'unsubscribe', id: message.id });
        break;
      case 'presence':
        this.#presence = { state: message.state };
        this.#ask({ kind: 'presence', state: message.state });
        break;
      case 'page':
        this.#pageState = message.state;
        break;
      case 'retry':
        this.#retry();
        break;
    }
  }

  #called(open: OpenCall): void {
    if (this.#current !== undefined) this.#send(open);
    else if (this.#failure !== undefined) this.#refuseUnsent(this.#failure);
  }

  #retry(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.#tellConnection();
    this.#leadership.join();
  }

  #tellConnection(): void {
    const isLeader = this.#leading.term !== undefined;
    const state = this.#current !== undefined ? 'ready' : this.#failure !== undefined ? 'failed' : 'opening';
    const { code, message } = state === 'failed' && this.#failure ? this.#failure : {};
    this.#tellPage({
      kind: 'connection',
      connection: {
        state,
        isLeader,
        isOutdated: this.#isOutdated,
        ...(code !== undefined && { code }),
        ...(message !== undefined && { message }),
      },
    });
  }

  #tellPage(message: ToPage): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's page has its origin
    this.#platform.page.postMessage(message);
  }

  // The leader, wherever it is.

  #follow(leader: { readonly tab: string; readonly term: string }): void {
    this.#current = leader;
    this.#failure = undefined;
    this.#ask({ kind: 'attend' });
    if (this.#presence !== undefined) this.#ask({ kind: 'presence', state: this.#presence.state });
    for (const [id, query] of this.#subscriptions) this.#ask({ kind: 'subscribe', id, query });
    for (const open of this.#calls.all) this.#send(open);
    this.#tellConnection();
  }

  #lost(): void {
    this.#current = undefined;
    this.#tellConnection();
  }

  #send(open: OpenCall): void {
    this.#ask(this.#calls.sending(open, this.#platform.clock.uptimeMs()));
    if (this.#current?.tab !== this.#tab) this.#growImpatient();
  }

  #ask(request: Request): void {
    if (this.#current === undefined) return;
    const { tab, term } = this.#current;
    const message: ToLeader = { term, tab: this.#tab, ...request };
    if (tab === this.#tab) this.#leading.asked(message);
    else this.#peers.send(tab, message);
  }

  #growImpatient(): void {
    const { clock } = this.#platform;
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    clock.setTimeout(() => {
      this.#isWaiting = false;
      if (this.#current?.tab === this.#tab || this.#calls.all.length === 0) return;
      const hasWaited = this.#calls.hasWaited(clock.uptimeMs() - PATIENCE_MS);
      if (hasWaited && this.#pageState === 'visible') this.#ask({ kind: 'handOff' });
      this.#growImpatient();
    }, PATIENCE_MS);
  }

  #received(message: ToLeader | FromLeader): void {
    if (!('tab' in message)) this.#answered(message);
    else if (message.kind !== 'handOff') this.#leading.asked(message);
    else if (message.term === this.#leading.term && this.#pageState !== 'visible') this.#leadership.handOff();
  }

  /** An answer of a former leader is as good; its rows and news are not. */
  #answered(message: FromLeader): void {
    if (message.kind === 'answer') {
      if (!this.#calls.answered(message.id)) return;
    } else {
      if (message.term !== this.#current?.term) return;
      if (message.kind === 'rows' && !this.#subscriptions.has(message.id)) return;
      if (message.kind === 'news') this.#isPaused = message.news.isPaused ?? this.#isPaused;
    }
    this.#tellPage(message);
  }

  // Other workers.

  #heard(announcement: Announcement): void {
    if (announcement.tributary === 'resigned') {
      if (announcement.term === this.#current?.term) this.#lost();
      return;
    }
    if (isNewer(announcement, this.#release)) this.#heardNewer(announcement);
    else if (isNewer(this.#release, announcement)) this.#heardOlder(announcement);
    else if (announcement.tributary === 'leader') this.#heardLeader(announcement);
    else this.#announceLeader();
  }

  /** It learns that it is older, and lets this one lead; unless this one cannot. */
  #heardOlder(announcement: HelloOrLeader): void {
    if (this.#leading.term !== undefined) this.#announceLeader();
    else if (this.#leadership.isWanted) this.#sayHello();
    else if (announcement.tributary === 'leader' && announcement.protocol === TABS_PROTOCOL) {
      this.#heardLeader(announcement);
    }
  }

  /** It goes first, as soon as it wants to. */
  #heardNewer(announcement: HelloOrLeader): void {
    this.#isOutdated = true;
    if (announcement.tributary === 'leader') {
      if (announcement.protocol === TABS_PROTOCOL) this.#heardLeader(announcement);
      else this.#fail(new TabsError('app_outdated', 'another tab runs a newer version of the app; reload this tab'));
      return;
    }
    if (announcement.wantsToLead) this.#leadership.handOff();
    else this.#announceLeader();
    this.#tellConnection();
  }

  #heardLeader({ tab, term }: { readonly tab: string; readonly term: string }): void {
    if (term === this.#current?.term) return;
    // What this tab could not open, another could.
    if (this.#failure !== undefined) this.#leadership.join();
    this.#peers.closeAllBut(tab);
    this.#follow({ tab, term });
  }

  #sayHello(): void {
    this.#announce({ tributary: 'hello', tab: this.#tab, wantsToLead: this.#leadership.isWanted, ...this.#release });
  }

  #announceLeader(): void {
    const { term } = this.#leading;
    if (term !== undefined) this.#announce({ tributary: 'leader', tab: this.#tab, term, ...this.#release });
  }

  #announce(announcement: Announcement): void {
    this.#announcements?.postMessage(announcement);
  }

  #beganToLead(term: string): void {
    this.#announceLeader();
    this.#follow({ tab: this.#tab, term });
  }

  #endedToLead(term: string): void {
    this.#announce({ tributary: 'resigned', term, ...this.#release });
    this.#lost();
  }

  #fail(error: unknown): void {
    this.#current = undefined;
    const parcel = packError(error);
    this.#failure = codeOf(error) === undefined ? { ...parcel, code: 'cannot_open' } : parcel;
    this.#refuseUnsent(this.#failure);
    this.#tellConnection();
  }

  /** What was sent may have been done, so it waits for the next leader. */
  #refuseUnsent(error: ErrorParcel): void {
    for (const { id } of this.#calls.takeUnsent()) this.#tellPage({ kind: 'answer', id, answer: { ok: false, error } });
  }
}

type HelloOrLeader = Exclude<Announcement, { readonly tributary: 'resigned' }>;

type Request = ToLeader extends infer M ? (M extends ToLeader ? Omit<M, 'term' | 'tab'> : never) : never;
