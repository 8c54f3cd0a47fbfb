/** A page of the tests' site in a running browser, and what its workers can be told. */
import type { BrowserContext, Page } from 'playwright-core';
import type { PageApi } from './page/messages.ts';

type Window = typeof globalThis & { readonly tributary: PageApi };

export class RefusedCall extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'RefusedCall';
    this.code = code;
  }
}

export class Tab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** What a worker of this name answers; a refusal is thrown with its code. */
  async call<T>(worker: string, operation: string, ...args: readonly unknown[]): Promise<T> {
    const answer = await this.page.evaluate(
      async (call) => (globalThis as Window).tributary.call(call.worker, call.operation, call.args),
      { worker, operation, args },
    );
    if (answer.error) throw new RefusedCall(answer.error.code, answer.error.message);
    return answer.result as T;
  }

  async terminate(worker: string): Promise<void> {
    await this.page.evaluate((name) => (globalThis as Window).tributary.terminate(name), worker);
  }

  /** Calls back with what its workers note, once for the life of the tab. */
  async onNote(listener: (worker: string, note: unknown) => void): Promise<void> {
    await this.page.exposeFunction('onNote', listener);
  }

  /** What is said when the page itself opens a database. */
  async openOnPage(): ReturnType<PageApi['openOnPage']> {
    return this.page.evaluate(async () => (globalThis as Window).tributary.openOnPage());
  }

  async requestPersistence(): ReturnType<PageApi['requestPersistence']> {
    return this.page.evaluate(async () => (globalThis as Window).tributary.requestPersistence());
  }

  /** Its process dies at once, whatever its workers are at. Only another tab can be used after that. */
  async crash(): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const crashed = this.page.waitForEvent('crash');
    // The answer is lost with the process.
    session.send('Page.crash').catch(() => {});
    await crashed;
    await this.page.close();
  }

  /** As a user reloads it: no worker is told. */
  async reload(): Promise<void> {
    await this.page.reload();
    await ready(this.page);
  }
}

export async function openTab(context: BrowserContext, url: string): Promise<Tab> {
  const page = context.pages().find((each) => each.url() === 'about:blank') ?? (await context.newPage());
  await page.goto(url);
  await ready(page);
  return new Tab(page);
}

async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => 'tributary' in globalThis);
}
