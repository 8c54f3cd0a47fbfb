/**
 * The part of a browser that tabs share: locks, broadcast channels and tabs that can be killed at any moment, under a clock
 * of one's own. A killed tab does nothing more: no timer, no message in or out, and its locks are free.
 */
import { ManualClock } from '../../testing/manual-clock.ts';
import type { Clock } from '../../client/clock.ts';
import type { WorkerEnd } from '../connect-tabs.ts';
import type { Channel, Locks, MessageEnd } from '../ports.ts';

type Listener = (event: { readonly data: unknown }) => void;

export class FakeBrowser {
  readonly clock = new ManualClock();
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

  openChannel(tab: FakeTab, name: string): Channel {
    const endpoint = new Endpoint(tab, () => this.#channels.get(name)?.delete(endpoint));
    const others = this.#channels.get(name) ?? new Set();
    this.#channels.set(name, others.add(endpoint));
    return {
      addEventListener: (_type, listener) => void endpoint.listeners.add(listener),
      close: () => endpoint.close(),
      postMessage: (message) => {
        const clone: unknown = structuredClone(message);
        if (!tab.isAlive || !tab.mayPost(clone) || !tab.isAlive) return;
        for (const other of others) {
          if (other !== endpoint) this.clock.setTimeout(() => other.deliver(structuredClone(clone)), 0);
        }
      },
    };
  }

  requestLock(tab: FakeTab, name: string, hold: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#locks.get(name) ?? [];
      this.#locks.set(name, queue);
      queue.push({ tab, hold, resolve, reject, isHeld: false });
      this.#grant(name);
    });
  }

  holderOf(name: string): FakeTab | undefined {
    const first = this.#locks.get(name)?.[0];
    return first?.isHeld ? first.tab : undefined;
  }

  released(tab: FakeTab): void {
    for (const [name, queue] of this.#locks) {
      this.#locks.set(
        name,
        queue.filter((request) => request.tab !== tab),
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
          if (first.tab.isAlive) first.resolve();
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
  readonly tab: FakeTab;
  readonly hold: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  isHeld: boolean;
}

/** A page and its worker, which live and die together. */
export class FakeTab {
  readonly name: string;
  isAlive = true;
  /** Asked for each message to other tabs, as it is posted; false loses it. */
  mayPost: (message: unknown) => boolean = () => true;
  readonly #browser: FakeBrowser;
  readonly #endpoints = { page: new Endpoint(this), worker: new Endpoint(this) };
  readonly #atDeath: (() => void)[] = [];
  #ids = 0;

  constructor(browser: FakeBrowser, name: string) {
    this.#browser = browser;
    this.name = name;
  }

  readonly newId = (): string => `${this.name}-${++this.#ids}`;

  readonly openChannel = (name: string): Channel => this.#browser.openChannel(this, name);

  readonly locks: Locks = {
    request: (name, hold) => this.#browser.requestLock(this, name, hold),
  };

  get clock(): Clock {
    const { clock } = this.#browser;
    const ifAlive = (callback: () => void) => () => {
      if (this.isAlive) callback();
    };
    return {
      now: () => clock.now(),
      uptimeMs: () => clock.uptimeMs(),
      setTimeout: (callback, delayMs) => clock.setTimeout(ifAlive(callback), delayMs),
      defer: (callback) => clock.defer(ifAlive(callback)),
      yield: (callback) => clock.yield(ifAlive(callback)),
    };
  }

  /** As the worker sees its page. */
  get page(): MessageEnd {
    return this.#end(this.#endpoints.worker, this.#endpoints.page);
  }

  /** As the page sees its worker. */
  get worker(): WorkerEnd {
    return this.#end(this.#endpoints.page, this.#endpoints.worker);
  }

  get platform() {
    const { page, locks, openChannel, clock, newId } = this;
    return { page, locks, openChannel, clock, newId };
  }

  onDeath(callback: () => void): void {
    this.#atDeath.push(callback);
  }

  kill(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    for (const callback of this.#atDeath) callback();
    this.#browser.released(this);
  }

  #end(own: Endpoint, other: Endpoint): WorkerEnd {
    return {
      postMessage: (message) => {
        const clone: unknown = structuredClone(message);
        if (this.isAlive) this.#browser.clock.setTimeout(() => other.deliver(clone), 0);
      },
      addEventListener: (type: string, listener: Listener) => {
        if (type === 'message') own.listeners.add(listener);
      },
    };
  }
}

class Endpoint {
  readonly listeners = new Set<Listener>();
  readonly #tab: FakeTab;
  readonly #closed: () => void;

  constructor(tab: FakeTab, closed: () => void = () => {}) {
    this.#tab = tab;
    this.#closed = closed;
  }

  deliver(data: unknown): void {
    if (!this.#tab.isAlive) return;
    for (const listener of this.listeners) listener({ data });
  }

  close(): void {
    this.listeners.clear();
    this.#closed();
  }
}
