/** What the leading worker does for all tabs: it has the replica open, answers calls and keeps live queries. */
import type { SearchIndex } from '@tributary/database';
import type { Clock } from '../../client/clock.ts';
import type { SyncClient } from '../../client/sync-client.ts';
import type { Commands } from '../commands.ts';
import { codeOf, packError } from '../error-parcel.ts';
import { TabsError } from '../errors.ts';
import type { Answer, Call, FromLeader, SyncNews, ToLeader } from '../messages.ts';
import { DirtyTables } from './dirty-tables.ts';
import { LeaderSync } from './leader-sync.ts';
import { LiveQueries } from './live-queries.ts';
import { Mutations, type TabReplica } from './mutations.ts';
import { ReadQueries } from './read-query.ts';

export interface LeaderOptions<R> {
  readonly term: string;
  readonly replica: TabReplica;
  readonly repositories: R;
  readonly commands: Commands<R>;
  readonly search: Pick<SearchIndex, 'search'> | undefined;
  readonly client: SyncClient | undefined;
  readonly isPaused: boolean;
  readonly clock: Clock;
  readonly send: (tab: string, message: FromLeader) => void;
  /** The engine can do nothing any more: the replica has to be opened again. */
  readonly broken: () => void;
}

export class Leader<R> {
  readonly #options: LeaderOptions<R>;
  readonly #tabs = new Set<string>();
  readonly #queries: ReadQueries;
  readonly #live: LiveQueries;
  readonly #dirtyTables: DirtyTables;
  readonly #mutations: Mutations<R>;
  readonly #sync: LeaderSync;
  #isClosed = false;

  constructor(options: LeaderOptions<R>) {
    const { term, replica, client, clock, isPaused } = options;
    this.#options = options;
    this.#queries = new ReadQueries(replica.sqlite);
    this.#live = new LiveQueries(this.#queries, ({ tab, id }, answer) =>
      this.#send(tab, { kind: 'rows', term, id, answer }),
    );
    this.#dirtyTables = new DirtyTables(replica, clock, (written) => this.#live.written(written));
    this.#mutations = new Mutations({ ...options, dirtyTables: this.#dirtyTables, now: () => clock.now() });
    this.#sync = new LeaderSync({ replica, client, isPaused, tell: (news) => this.#tellAll(news) });
  }

  get term(): string {
    return this.#options.term;
  }

  serve(message: ToLeader): void {
    const { tab } = message;
    switch (message.kind) {
      case 'attend':
        this.#tabs.add(tab);
        this.#send(tab, { kind: 'news', term: this.term, news: this.#sync.news });
        break;
      case 'call':
        void this.#answer(tab, message.id, () => this.#perform(message.call, message.settled));
        break;
      case 'subscribe':
        this.#live.subscribe({ tab, id: message.id }, message.query);
        break;
      case 'unsubscribe':
        this.#live.unsubscribe({ tab, id: message.id });
        break;
      case 'presence':
        this.#sync.setPresence(tab, message.state);
        break;
      case 'handOff':
        break;
    }
  }

  /** Forgets a tab that is gone. */
  dropTab(tab: string): void {
    this.#tabs.delete(tab);
    this.#live.dropTab(tab);
    if (!this.#isClosed) this.#sync.dropTab(tab);
  }

  get liveQueryCount(): number {
    return this.#live.size;
  }

  /** Nothing is answered from here on: what waits is asked again of the next leader. */
  close(): void {
    this.#isClosed = true;
    this.#sync.close();
    this.#dirtyTables.close();
    this.#options.replica.close();
  }

  /** Answered before it returns, unless it has to wait. */
  #answer(tab: string, id: number, perform: () => unknown): Promise<void> | void {
    const send = (answer: Answer) => this.#send(tab, { kind: 'answer', term: this.term, id, answer });
    const refuse = (error: unknown) => {
      send({ ok: false, error: packError(error) });
      if (codeOf(error) === 'engine_poisoned' && !this.#isClosed) this.#options.broken();
    };
    try {
      const value = perform();
      if (value instanceof Promise) return value.then((settled) => send({ ok: true, value: settled }), refuse);
      send({ ok: true, value });
    } catch (error) {
      refuse(error);
    }
  }

  #perform(call: Call, settled: readonly string[]): unknown {
    if (call.kind === 'query') return this.#queries.rows(call.query);
    if (call.kind === 'search') return this.#search(call.text, call.options);
    if (call.kind === 'sync') return this.#sync.call(call.call);
    const answer = this.#mutations.apply(call, settled);
    // Whoever hears that an edit is made sees it already.
    this.#dirtyTables.flush();
    return answer;
  }

  #search(...query: Parameters<SearchIndex['search']>): unknown {
    const { search } = this.#options;
    if (search === undefined) throw new TabsError('no_search', 'startTabWorker was given no search');
    return search.search(...query);
  }

  #tellAll(news: SyncNews): void {
    for (const tab of this.#tabs) this.#send(tab, { kind: 'news', term: this.term, news });
  }

  #send(tab: string, message: FromLeader): void {
    if (!this.#isClosed) this.#options.send(tab, message);
  }
}
