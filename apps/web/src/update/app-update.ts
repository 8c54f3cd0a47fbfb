/**
 * A new version of the app: it is fetched in the background and waits until somebody wants it. No tab is ever reloaded
 * without being asked; when one was, the others are told that their version is the old one.
 */
import { ValueStore, type Store } from '@tributary/sync/tabs';

export interface AppUpdateOptions {
  readonly container: ServiceWorkerContainer;
  readonly reload: () => void;
  /** Waited for before the page goes. */
  readonly beforeReload: () => Promise<void>;
}

const SCRIPT = '/sw.js';
const CHECK_EVERY_MS = 60 * 60 * 1_000;

/** True when a new version is ready. */
export class AppUpdate implements Store<boolean> {
  readonly #options: AppUpdateOptions | undefined;
  readonly #isReady = new ValueStore(false);
  #waiting: ServiceWorker | undefined;

  readonly getSnapshot = (): boolean => this.#isReady.getSnapshot();
  readonly subscribe = (listener: () => void): (() => void) => this.#isReady.subscribe(listener);

  /** Without options it never finds one: where browsers have no service workers, each load is of the latest version. */
  constructor(options?: AppUpdateOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#options === undefined) return;
    const { container } = this.#options;
    const hadController = container.controller !== null;
    container.addEventListener('controllerchange', () => {
      // Another tab has let the new version in.
      if (hadController) this.#isReady.set(true);
    });
    const registration = await container.register(SCRIPT);
    this.#look(registration);
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', () => this.#look(registration));
    });
    const check = () => void registration.update().catch(() => {});
    setInterval(check, CHECK_EVERY_MS);
    globalThis.addEventListener('online', check);
  }

  async reload(): Promise<void> {
    if (this.#options === undefined) return;
    const { reload, beforeReload } = this.#options;
    await beforeReload();
    const waiting = this.#waiting;
    if (waiting?.state !== 'installed') {
      reload();
      return;
    }
    waiting.addEventListener('statechange', () => {
      if (waiting.state === 'activated') reload();
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a service worker has none
    waiting.postMessage({ type: 'SKIP_WAITING' });
  }

  /** The first version of all waits for nobody. */
  #look({ waiting, active }: ServiceWorkerRegistration): void {
    if (waiting === null || active === null) return;
    this.#waiting = waiting;
    this.#isReady.set(true);
  }
}
