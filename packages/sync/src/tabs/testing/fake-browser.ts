/**
 * The part of a browser that tabs share: locks, broadcast channels and tabs that can be killed at any moment, under a clock
 * of one's own. A killed tab or worker does nothing more: no timer, no message in or out, and its locks are free.
 */
import { ManualClock } from '../../testing/manual-clock.ts';
import type { Clock } from '../../client/clock.ts';
import type { Channel, Locks, PageStorage, WorkerEnd } from '../ports.ts';

type Listener = (event: { readonly data: unknown }) => void;

export class FakeBrowser {
  readonly clock = new ManualClock();
  readonly storage = new FakeStorage();
  readonly #channels = new Map<string, Set<Endpoint>>();
  readonly #locks = new Map<string, LockRequest[]>();
  #tabs = 0;

  tab(): FakeTab {
    return new FakeTab(this, `tab-${++this.#tabs}`);
  }

  /** Lets everything that is due, or will be in this time, happen. */
  async pass(ms = 10): Promise<void> {
    await this.clock.advanceAsync(ms);
  }

  openChannel(worker: FakeWorker, name: string): Channel {
    const endpoint = new Endpoint(worker, () => this.#channels.get(name)?.delete(endpoint));
    const others = this.#channels.get(name) ?? new Set();
    this.#channels.set(name, others.add(endpoint));
    return {
      addEventListener: (_type, listener) => void endpoint.listeners.add(listener),
      close: () => endpoint.close(),
      postMessage: (message) => {
        const clone: unknown = structuredClone(message);
        if (!worker.mayPost(clone)) return;
        for (const other of others) {
          if (other !== endpoint) this.clock.setTimeout(() => other.deliver(structuredClone(clone)), 0);
        }
      },
    };
  }

  requestLock(worker: FakeWorker, name: string, hold: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#locks.get(name) ?? [];
      this.#locks.set(name, queue);
      queue.push({ worker, hold, resolve, reject, isHeld: false });
      this.#grant(name);
    });
  }

  holderOf(name: string): FakeTab | undefined {
    const first = this.#locks.get(name)?.[0];
    return first?.isHeld ? first.worker.tab : undefined;
  }

  released(worker: FakeWorker): void {
    for (const [name, queue] of this.#locks) {
      this.#locks.set(
        name,
        queue.filter((request) => request.worker !== worker),
      );
      this.#grant(name);
    }
  }

  #grant(name: string): void {
    this.clock.setTimeout(() => {
      const first = this.#locks.get(name)?.[0];
      if (first === undefined || first.isHeld) return;
      first.isHeld = true;
      const release = () => {
        const queue = this.#locks.get(name) ?? [];
        const place = queue.indexOf(first);
        if (place >= 0) queue.splice(place, 1);
        this.#grant(name);
      };
      first.hold().then(
        () => {
          release();
          if (first.worker.isAlive) first.resolve();
        },
        (error: Error) => {
          release();
          first.reject(error);
        },
      );
    }, 0);
  }
}

interface LockRequest {
  readonly worker: FakeWorker;
  readonly hold: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  isHeld: boolean;
}

/** A page, and the life of its worker that is the present one: the page may end it and start another. */
export class FakeTab {
  readonly name: string;
  isAlive = true;
  /** Asked for each message to other tabs, as it is posted; false loses it. */
  mayPost: (message: unknown) => boolean = () => true;
  readonly #browser: FakeBrowser;
  #worker: FakeWorker;
  #ids = 0;

  constructor(browser: FakeBrowser, name: string) {
    this.#browser = browser;
    this.name = name;
    this.#worker = new FakeWorker(browser, this);
  }

  readonly newId = (): string => `${this.name}-${++this.#ids}`;

  readonly locks: Locks = {
    request: (name, hold) => this.#browser.requestLock(this.#worker, name, hold),
  };

  get clock(): Clock {
    return this.clockWhile(() => this.isAlive);
  }

  clockWhile(isAlive: () => boolean): Clock {
    const { clock } = this.#browser;
    const ifAlive = (callback: () => void) => () => {
      if (isAlive()) callback();
    };
    return {
      now: () => clock.now(),
      uptimeMs: () => clock.uptimeMs(),
      setTimeout: (callback, delayMs) => clock.setTimeout(ifAlive(callback), delayMs),
      defer: (callback) => clock.defer(ifAlive(callback)),
      yield: (callback) => clock.yield(ifAlive(callback)),
    };
  }

  /** What the worker runs with. */
  get platform() {
    return this.#worker.platform;
  }

  /** As the page sees its worker, which `run` starts. */
  startWorker(run: () => void): WorkerEnd {
    if (!this.#worker.isAlive) this.#worker = new FakeWorker(this.#browser, this);
    const worker = this.#worker;
    run();
    return worker.asSeenByPage;
  }

  onWorkerDeath(callback: () => void): void {
    this.#worker.atDeath.push(callback);
  }

  kill(): void {
    this.isAlive = false;
    this.#worker.kill();
  }
}

class FakeWorker {
  readonly tab: FakeTab;
  readonly atDeath: (() => void)[] = [];
  readonly #browser: FakeBrowser;
  readonly #ends = { page: new Endpoint(this), worker: new Endpoint(this) };
  #isAlive = true;

  constructor(browser: FakeBrowser, tab: FakeTab) {
    this.#browser = browser;
    this.tab = tab;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  mayPost(message: unknown): boolean {
    return this.#isAlive && this.tab.mayPost(message) && this.#isAlive;
  }

  get platform() {
    const { locks, newId } = this.tab;
    return {
      locks,
      newId,
      page: this.#end(this.#ends.worker, this.#ends.page),
      openChannel: (name: string) => this.#browser.openChannel(this, name),
      clock: this.tab.clockWhile(() => this.#isAlive),
    };
  }

  get asSeenByPage(): WorkerEnd {
    return this.#end(this.#ends.page, this.#ends.worker);
  }

  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    for (const callback of this.atDeath) callback();
    this.#browser.released(this);
  }

  #end(own: Endpoint, other: Endpoint): WorkerEnd {
    return {
      postMessage: (message) => {
        const clone: unknown = structuredClone(message);
        if (this.#isAlive) this.#browser.clock.setTimeout(() => other.deliver(clone), 0);
      },
      addEventListener: (type: string, listener: Listener) => {
        if (type === 'message') own.listeners.add(listener);
      },
      terminate: () => this.kill(),
    };
  }
}

/** As `localStorage`, without telling of what changes. */
export class FakeStorage implements PageStorage {
  readonly #values = new Map<string, string>();

  get length(): number {
    return this.#values.size;
  }

  key(index: number): string | null {
    return [...this.#values.keys()][index] ?? null;
  }

  getItem(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    this.#values.set(name, value);
  }

  removeItem(name: string): void {
    this.#values.delete(name);
  }
}

class Endpoint {
  readonly listeners = new Set<Listener>();
  readonly #worker: FakeWorker;
  readonly #closed: () => void;

  constructor(worker: FakeWorker, closed: () => void = () => {}) {
    this.#worker = worker;
    this.#closed = closed;
  }

  deliver(data: unknown): void {
    if (!this.#worker.isAlive) return;
    for (const listener of this.listeners) listener({ data });
  }

  close(): void {
    this.listeners.clear();
    this.#closed();
  }
}
