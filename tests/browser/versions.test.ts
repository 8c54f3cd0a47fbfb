/** An old tab beside a new one in a real Chromium: one database, which the new one migrates under the old one's feet. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { waitUntil } from '../network/wait-until.ts';
import { createProfile, START_LIMIT_MS, type Profile } from './browser-process.ts';
import { launchChromium, type RunningChromium } from './chromium.ts';
import { describeInChromium } from './describe-in-browser.ts';
import type { ReleaseName } from './page/releases.ts';
import type { TabsApi } from './page/tabs-page.ts';
import { openSite, type Site } from './site.ts';
import { openTab } from './tab.ts';

type Page = Awaited<ReturnType<typeof openTab>>['page'];

describeInChromium('an old tab beside a new one', () => {
  let profile: Profile;
  let site: Site;
  let chromium: RunningChromium;

  beforeAll(async () => {
    site = await openSite();
  }, START_LIMIT_MS);

  beforeEach(async () => {
    await chromium?.kill();
    profile?.remove();
    profile = createProfile();
    chromium = await launchChromium(profile.path);
  }, START_LIMIT_MS);

  afterAll(async () => {
    await chromium?.kill();
    site.close();
    profile?.remove();
  });

  async function open(release: ReleaseName): Promise<AppTab> {
    const { page } = await openTab(chromium.context, `${site.url}/tabs.html?release=${release}`);
    return new AppTab(page);
  }

  test('hands over in the middle of edits and is told to reload; both go on, and nothing is lost', async () => {
    const old = await open('old');
    await old.until({ state: 'ready', isLeader: true, isOutdated: false });
    const written: string[] = [];
    const writeAll = async (tab: AppTab, prefix: string): Promise<void> => {
      for (let number = 0; number < 100; number++) {
        const id = `${prefix} ${number}`;
        await tab.write(id);
        written.push(id);
      }
    };
    const oldWrites = writeAll(old, 'old');
    const young = await open('new');
    await Promise.all([oldWrites, writeAll(young, 'new')]);
    await young.until({ state: 'ready', isLeader: true, isOutdated: false });
    await old.until({ state: 'ready', isLeader: false, isOutdated: true });
    await young.label('old 1', 'by the new');

    const ids = written.sort().map((id) => [id]);
    expect(ids).toHaveLength(200);
    for (const tab of [old, young]) {
      expect(await tab.query('SELECT id FROM items ORDER BY id')).toEqual(ids);
      await tab.untilShown(ids);
    }
    const stars = 'SELECT i.id, i.body, i.stars, l.name FROM items i JOIN labels l USING (id)';
    expect(await old.query(stars)).toEqual([['old 1', 'body of old 1', 5, 'by the new']]);
    expect(await old.query('SELECT integrity_check FROM pragma_integrity_check')).toEqual([['ok']]);
  }, 60_000);

  test('cannot open the migrated file alone, and says why; reloaded, it has everything', async () => {
    const old = await open('old');
    await old.write('by the old');
    const young = await open('new');
    await young.write('by the new');
    await old.write('by the old, too');
    await young.close();
    await old.until({ state: 'failed', code: 'file_newer_than_app' });
    expect(await old.refusal()).toContain('update the app');

    const another = await open('old');
    await another.until({ state: 'failed', code: 'file_newer_than_app' });
    const reloaded = await open('new');
    await reloaded.until({ state: 'ready', isLeader: true });
    await reloaded.untilShown([['by the new'], ['by the old'], ['by the old, too']]);
    for (const tab of [old, another]) {
      await tab.until({ state: 'ready', isLeader: false, isOutdated: true });
      await tab.untilShown([['by the new'], ['by the old'], ['by the old, too']]);
    }
  }, 60_000);
});

type Window = typeof globalThis & { readonly tributary: TabsApi };

class AppTab {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async write(id: string): Promise<void> {
    const item = { id, body: `body of ${id}` };
    await this.#page.evaluate((told) => (globalThis as Window).tributary.write(told), item);
  }

  async label(id: string, name: string): Promise<void> {
    await this.#page.evaluate((told) => (globalThis as Window).tributary.label(told.id, told.name), { id, name });
  }

  query(sql: string): Promise<unknown> {
    return this.#page.evaluate((told) => (globalThis as Window).tributary.query(told), sql);
  }

  /** What it says to somebody who asks it for rows. */
  refusal(): Promise<string> {
    return this.query('SELECT 1').then(
      () => 'it answered',
      (error: unknown) => String(error),
    );
  }

  async until(expected: Partial<ReturnType<TabsApi['connection']>>): Promise<void> {
    await this.#becomes(() => this.#page.evaluate(() => (globalThis as Window).tributary.connection()), expected);
  }

  async untilShown(rows: unknown): Promise<void> {
    await this.#becomes(() => this.#page.evaluate(() => (globalThis as Window).tributary.shown()), rows);
  }

  close(): Promise<void> {
    return this.#page.close();
  }

  async #becomes(read: () => Promise<unknown>, expected: unknown): Promise<void> {
    let seen: unknown;
    const isThere = async () => {
      seen = await read();
      try {
        expect(seen).toEqual(Array.isArray(expected) ? expected : expect.objectContaining(expected));
        return true;
      } catch {
        return false;
      }
    };
    const what = () => `${JSON.stringify(expected)}, but ${JSON.stringify(seen)}`;
    await waitUntil(isThere, { what });
  }
}
