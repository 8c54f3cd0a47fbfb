/**
 * The page's side: everything a page does with the database goes through here to its worker. All that changes is a store,
 * as `useSyncExternalStore` takes it.
 */
import type { SearchHit, SearchOptions } from '@tributary/database';
import type { Activity, ActivityQuery } from '../../client/activity-log.ts';
import type { Clock } from '../../client/clock.ts';
import { Listeners } from '../../client/listeners.ts';
import type { PresentPeer } from '../../client/presence.ts';
import type { SyncStatus } from '../../client/status.ts';
import type { ReceiptLevel } from '../../client/sync-client.ts';
import { MAX_PRESENCE_BYTES } from '../../protocol/limits.ts';
import type { AnyCommands, CommandInput, CommandName, CommandResult } from '../commands.ts';
import { TabsError } from '../errors.ts';
import type { Action, FromPage, MutationAnswer, PageState, Query, TabConnection, ToPage } from '../messages.ts';
import type { Store, WorkerEnd } from '../ports.ts';
import type { ColumnValue, Row } from '../rows.ts';
import type { LeftEdits } from './left-edits.ts';
import { PageCalls } from './page-calls.ts';
import { mapperOf, type WatchableQuery } from './page-database.ts';
import { PageQueries, type LiveRows } from './page-queries.ts';
import { PageSync } from './page-sync.ts';
import { Receipts } from './receipts.ts';
import { UndoStack } from './undo-stack.ts';
import { ValueStore } from './value-store.ts';

export interface TabsOptions {
  readonly startWorker: () => WorkerEnd;
  /** Without them, what a page has not had an answer to is lost with it. */
  readonly leftEdits: LeftEdits | undefined;
  readonly clock: Clock;
  readonly newId: () => string;
}

export interface RunOptions {
  /** Whether it goes onto the undo stack; true by default. */
  readonly isUndoable?: boolean;
  /** What the undo stack calls it; the command's name by default. */
  readonly label?: string;
  /** Edits of one group that follow closely on each other are one step to undo, as what is typed without a pause. */
  readonly group?: string;
}

/** An edit that is made, and how far it has got since. */
export interface Applied<T> {
  readonly result: T;
  readonly receipt: Store<ReceiptLevel>;
}

export class Tabs<C extends AnyCommands> {
  readonly #startWorker: () => WorkerEnd;
  readonly #leftEdits: LeftEdits | undefined;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #calls: PageCalls;
  readonly #queries: PageQueries;
  readonly #receipts: Receipts;
  readonly #connection = new ValueStore<TabConnection>(OPENING);
  readonly #status = new ValueStore<SyncStatus | undefined>(undefined);
  readonly #peers = new ValueStore<readonly PresentPeer[]>([]);
  readonly #leaving = new Listeners<void>();
  /** None while the page sleeps. */
  #worker: WorkerEnd | undefined;
  #hasHeard = false;
  #presence: unknown;
  #isClosed = false;

  readonly undoStack: UndoStack;
  /** The sync client, wherever it runs. */
  readonly sync: PageSync;

  constructor({ startWorker, leftEdits, clock, newId }: TabsOptions) {
    const post = (message: FromPage) => this.#post(message);
    this.#startWorker = startWorker;
    this.#leftEdits = leftEdits;
    this.#clock = clock;
    this.#newId = newId;
    this.#calls = new PageCalls(post);
    this.#queries = new PageQueries(post, clock);
    this.#receipts = new Receipts(
      (versions) => this.#calls.ask({ kind: 'sync', call: { kind: 'receipts', versions } }),
      clock,
    );
    this.undoStack = new UndoStack((records) => this.#apply({ kind: 'undo', records }), clock);
    this.sync = new PageSync({
      ask: (call) => this.#calls.ask({ kind: 'sync', call }),
      apply: (...edit) => this.#edit(...edit),
    });
    this.#start();
    this.takeLeftEdits();
  }

  /** Whether the database is open, here or in another tab. */
  get connection(): Store<TabConnection> {
    return this.#connection;
  }

  /** Undefined until it is known, and in an app without sync. */
  get status(): Store<SyncStatus | undefined> {
    return this.#status;
  }

  /** Who else is here. */
  get peers(): Store<readonly PresentPeer[]> {
    return this.#peers;
  }

  /**
   * Runs a command. It is on this device's disk when the promise resolves, and what is watched on this page shows it. It is
   * made once, whatever happens to the tab that has the database open.
   */
  async run<N extends CommandName<C>>(name: N, ...input: CommandInput<C, N>): Promise<CommandResult<C, N>> {
    return (await this.apply(name, input[0])).result;
  }

  /** As `run`, and says how far the edit gets. */
  async apply<N extends CommandName<C>>(
    name: N,
    input: CommandInput<C, N>[0],
    { isUndoable = true, label = name, group }: RunOptions = {},
  ): Promise<Applied<CommandResult<C, N>>> {
    const { result, version } = await this.#edit({ kind: 'command', name, input, isUndoable }, label, group);
    return { result: result as CommandResult<C, N>, receipt: this.#receipts.of(version) };
  }

  /** The rows of a query, once. */
  query(sql: string, params: readonly ColumnValue[] = []): Promise<readonly Row[]> {
    return this.#calls.ask({ kind: 'query', query: { sql, params } });
  }

  /** The rows of a drizzle query, as they change. */
  watch<T>(query: WatchableQuery<T>): LiveRows<T> {
    const { sql, params } = query.toSQL();
    return this.#queries.watch({ sql, params: params as Query['params'] }, mapperOf(query));
  }

  watchSql(sql: string, params: readonly ColumnValue[] = []): LiveRows<readonly Row[]> {
    return this.#queries.watch({ sql, params }, (rows) => rows);
  }

  search(text: string, options: SearchOptions = {}): Promise<SearchHit[]> {
    return this.#calls.ask({ kind: 'search', text, options });
  }

  /** What sync did, newest first, as it goes on. */
  watchActivity({ limit = 100, before = Number.MAX_SAFE_INTEGER }: ActivityQuery = {}): LiveRows<readonly Activity[]> {
    const sql = 'SELECT id, at, kind, message, detail FROM sync_activity WHERE id < ? ORDER BY id DESC LIMIT ?';
    return this.#queries.watch({ sql, params: [before, limit] }, (rows) => rows.map(activityOf));
  }

  /** What this person is doing in this tab, for the others who are here now. */
  setPresence(state: unknown): void {
    const bytes = new TextEncoder().encode(JSON.stringify(state ?? null)).length;
    if (bytes > MAX_PRESENCE_BYTES) throw new TypeError(`presence takes at most ${MAX_PRESENCE_BYTES} bytes of JSON`);
    this.#presence = state;
    this.#post({ kind: 'presence', state });
  }

  /** After a failure, when whoever uses the app has done something about it. */
  retry(): void {
    this.#post({ kind: 'retry' });
  }

  /** Told when nobody looks at the page any more, or it goes: what is being typed has to be applied now, without waiting. */
  onLeaving(listener: () => void): () => void {
    return this.#leaving.add(listener);
  }

  /** Resolves when all that was asked before is done, what is being typed included. */
  async settle(): Promise<void> {
    this.#leaving.tell();
    await this.query('SELECT 1');
  }

  pageChanged(state: PageState): void {
    if (state === 'hidden') this.#leaving.tell();
    this.#post({ kind: 'page', state });
  }

  /**
   * The page is closed or put to sleep. A sleeping worker would keep the database from everybody else, so it has none, and
   * what waits is left to other pages.
   */
  sleep(): void {
    if (this.#isClosed) return;
    this.#leaving.tell();
    this.#leaveEdits();
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  wake(): void {
    if (this.#isClosed) return;
    this.#leftEdits?.takeBack();
    this.#start();
    this.#queries.subscribeAgain();
    this.#calls.askAgain();
    if (this.#presence !== undefined) this.#post({ kind: 'presence', state: this.#presence });
  }

  /** Has the edits made that other pages had no answer to when they went. */
  takeLeftEdits(): void {
    if (this.#isClosed) return;
    void this.#leftEdits?.take((edit) => this.#calls.askShared(edit));
  }

  /** Whoever still waits is refused; edits among it are left to the next page. */
  close(): void {
    if (this.#isClosed) return;
    this.sleep();
    this.#isClosed = true;
    this.#calls.refuse(new TabsError('closed', 'this tab was closed'));
  }

  #start(): void {
    const worker = this.#startWorker();
    this.#worker = worker;
    this.#hasHeard = false;
    this.#connection.set(OPENING);
    worker.addEventListener('message', ({ data }) => {
      if (worker === this.#worker) this.#received(data as ToPage);
    });
    worker.addEventListener('error', () => {
      if (worker === this.#worker) this.#failed();
    });
  }

  /** The worker's script could not be run, unless it has spoken before. */
  #failed(): void {
    if (this.#hasHeard) return;
    this.#leaveEdits();
    const error = new TabsError('worker_failed', 'the worker that opens the database could not be started');
    this.#calls.refuse(error);
    const { code, message } = error;
    this.#connection.set({ state: 'failed', isLeader: false, isOutdated: false, code, message });
  }

  #leaveEdits(): void {
    this.#leftEdits?.leave(this.#calls.share());
  }

  async #edit(action: Action, label: string, group?: string): Promise<MutationAnswer> {
    const answer = await this.#apply(action);
    if (answer.undo !== undefined) this.undoStack.did(label, answer.undo, group);
    return answer;
  }

  #apply(action: Action): Promise<MutationAnswer> {
    return this.#calls.ask({ kind: 'mutation', id: this.#newId(), createdAt: this.#clock.now(), action });
  }

  #received(message: ToPage): void {
    this.#hasHeard = true;
    switch (message.kind) {
      case 'answer':
        this.#calls.answered(message.id, message.answer);
        break;
      case 'rows':
        this.#queries.received(message.id, message.answer);
        break;
      case 'connection':
        this.#connect(message.connection);
        break;
      case 'news': {
        const { status, peers, hasProgress } = message.news;
        if (status !== undefined) this.#status.set(status);
        if (peers !== undefined) this.#peers.set(peers);
        if (hasProgress) this.#receipts.progressed();
        break;
      }
    }
  }

  #connect(connection: TabConnection): void {
    const isNew = JSON.stringify(connection) !== JSON.stringify(this.#connection.getSnapshot());
    if (isNew) this.#connection.set(connection);
  }

  #post(message: FromPage): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin of its own
    this.#worker?.postMessage(message);
  }
}

const OPENING: TabConnection = { state: 'opening', isLeader: false, isOutdated: false };

function activityOf([id, at, kind, message, detail]: Row): Activity {
  return {
    id: Number(id),
    at: Number(at),
    kind: kind as Activity['kind'],
    message: String(message),
    detail: typeof detail === 'string' ? JSON.parse(detail) : undefined,
  };
}
