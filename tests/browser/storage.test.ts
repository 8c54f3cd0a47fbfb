/** What a browser's storage does between tabs, over time, and when it refuses: in a real Chromium. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createProfile, START_LIMIT_MS, type Profile } from './browser-process.ts';
import { launchChromium, type RunningChromium } from './chromium.ts';
import { describeInChromium } from './describe-in-browser.ts';
import { openSite, type Site } from './site.ts';
import { openTab, type Tab } from './tab.ts';

describeInChromium('storage in Chromium', () => {
  let profile: Profile;
  let site: Site;
  let chromium: RunningChromium;
  let tab: Tab;

  /** Chrome takes an address that is neither https nor localhost for insecure. */
  const launch = () => launchChromium(profile.path, ['--host-resolver-rules=MAP insecure.test 127.0.0.1']);

  beforeAll(async () => {
    [site, profile] = [await openSite(), createProfile()];
    chromium = await launch();
  }, START_LIMIT_MS);

  beforeEach(async () => {
    await closeTabs();
    tab = await openTab(chromium.context, `${site.url}/index.html`);
  });

  afterAll(async () => {
    await chromium.kill();
    site.close();
    profile.remove();
  });

  async function closeTabs(): Promise<void> {
    for (const page of chromium.context.pages()) if (page.url().startsWith('http')) await page.close();
  }

  const insert = (id: string) => `INSERT INTO items (id, number) VALUES ('${id}', 1)`;
  const ids = 'SELECT id FROM items ORDER BY id';

  test('rows and site id survive a reload without closing, and a restart of the browser', async () => {
    const siteId = await tab.call('a', 'open', 'kept');
    await tab.call('a', 'exec', insert('one'));
    await tab.reload();
    expect(await tab.call('a', 'open', 'kept')).toBe(siteId);
    expect(await tab.call('a', 'all', ids)).toEqual([['one']]);
    await tab.call('a', 'exec', insert('two'));

    await chromium.close();
    chromium = await launch();
    tab = await openTab(chromium.context, `${site.url}/index.html`);
    expect(await tab.call('a', 'open', 'kept')).toBe(siteId);
    expect(await tab.call('a', 'all', ids)).toEqual([['one'], ['two']]);
    expect(await tab.call('a', 'list')).toContain('kept');
  });

  test('a second worker and a second tab are told file_in_use, and have it once the first lets go', async () => {
    await tab.call('a', 'open', 'shared');
    await tab.call('a', 'exec', insert('of a'));
    const other = await openTab(chromium.context, `${site.url}/index.html`);
    for (const second of [tab, other]) {
      await expect(second.call('b', 'open', 'shared', 100)).rejects.toMatchObject({
        code: 'file_in_use',
        message: 'shared is in use by another tab or worker, or by this one',
      });
    }
    await expect(other.call('b', 'remove', 'shared')).rejects.toMatchObject({ code: 'file_in_use' });
    await tab.call('a', 'exec', insert('still of a'));
    await tab.call('a', 'close');
    await other.call('b', 'open', 'shared');
    expect(await other.call('b', 'all', ids)).toEqual([['of a'], ['still of a']]);
  });

  test('an opener waits for an owner that is just closing', async () => {
    await tab.call('a', 'open', 'handed over');
    const other = await openTab(chromium.context, `${site.url}/index.html`);
    const opening = other.call<string>('b', 'open', 'handed over', 20_000);
    await expect(other.call('c', 'open', 'handed over', 300)).rejects.toMatchObject({ code: 'file_in_use' });
    await tab.page.close();
    expect(await opening).toMatch(/^[0-9a-f]{32}$/);
  });

  test('a worker that is terminated while it creates a database, at any moment, leaves one that opens', async () => {
    for (let round = 0; round < 20; round++) {
      const name = `created ${round}`;
      tab.call('creator', 'open', name).catch(() => {});
      await sleep(round * 8);
      await tab.terminate('creator');
      await tab.call('a', 'open', name, 20_000);
      expect(await tab.call('a', 'all', 'PRAGMA integrity_check')).toEqual([['ok']]);
      expect(await tab.call('a', 'all', ids)).toEqual([]);
      await tab.call('a', 'close');
      await tab.call('a', 'remove', name);
    }
  });

  test('deleting frees the name for a new, empty database', async () => {
    const siteId = await tab.call('a', 'open', 'deleted');
    await tab.call('a', 'exec', insert('gone'));
    await tab.call('a', 'close');
    expect(await tab.call('a', 'remove', 'deleted')).toBe(true);
    expect(await tab.call('a', 'list')).not.toContain('deleted');
    expect(await tab.call('a', 'open', 'deleted')).not.toBe(siteId);
    expect(await tab.call('a', 'all', ids)).toEqual([]);
  });

  test('a full quota is disk_full: that transaction is lost, what was there stays, and work goes on', async () => {
    const session = await chromium.context.newCDPSession(tab.page);
    await tab.call('a', 'open', 'full');
    await tab.call('a', 'exec', insert('before'));
    const fill = (id: string) => `INSERT INTO items (id, body) VALUES ('${id}', hex(randomblob(4000000)))`;
    const { usedBytes = 0 } = await tab.requestPersistence();
    await session.send('Storage.overrideQuotaForOrigin', { origin: site.url, quotaSize: usedBytes + 1_000_000 });
    await expect(tab.call('a', 'exec', fill('lost'))).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    expect(await tab.call('a', 'all', ids)).toEqual([['before']]);
    await expect(tab.call('b', 'open', 'no room', 100)).rejects.toMatchObject({ code: 'disk_full' });
    await session.send('Storage.overrideQuotaForOrigin', { origin: site.url });
    await tab.call('a', 'exec', fill('fits'));
    expect(await tab.call('a', 'all', ids)).toEqual([['before'], ['fits']]);
    expect(await tab.call('a', 'all', 'PRAGMA integrity_check')).toEqual([['ok']]);
  });

  test('the page asks for persistence and is told the quota; a worker can only look', async () => {
    const asked = await tab.requestPersistence();
    expect(asked).toEqual({
      persisted: expect.any(Boolean),
      quotaBytes: expect.any(Number),
      usedBytes: expect.any(Number),
    });
    expect(await tab.call('a', 'persistence')).toMatchObject({ persisted: asked.persisted });
  });

  describe('where nothing can be stored, it is storage_unavailable and never a database in memory', () => {
    const unavailable = (message: string) => ({
      code: 'storage_unavailable',
      message: expect.stringContaining(message),
    });

    test('in a sandboxed page, which the browser refuses', async () => {
      const sandboxed = await openTab(chromium.context, `${site.url}/sandboxed.html`);
      expect(await sandboxed.openOnPage()).toMatchObject(unavailable('refuses to store anything'));
    });

    test('on an insecure page, which has no private file system', async () => {
      const insecure = await openTab(chromium.context, `http://insecure.test:${site.port}/index.html`);
      await expect(insecure.call('a', 'open', 'x', 0)).rejects.toMatchObject(unavailable('https or localhost'));
      await expect(insecure.call('a', 'list')).rejects.toMatchObject(unavailable('https or localhost'));
      expect(await insecure.requestPersistence()).toEqual({ persisted: false });
    });

    test('on the page itself, as only dedicated workers may', async () => {
      expect(await tab.openOnPage()).toMatchObject(unavailable('in a dedicated worker only'));
    });
  });
});
