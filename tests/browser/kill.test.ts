/** SIGKILL to every process of a real Chromium while it writes: what was committed is there, and nothing by halves. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createProfile, START_LIMIT_MS, type Profile } from './browser-process.ts';
import { launchChromium, type RunningChromium } from './chromium.ts';
import { describeInChromium } from './describe-in-browser.ts';
import { expectWhole, type Checked } from './expect-whole.ts';
import { openSite, type Site } from './site.ts';
import { openTab, type Tab } from './tab.ts';

const ROUNDS = 20;

describeInChromium('a killed Chromium', () => {
  let profile: Profile;
  let site: Site;

  beforeAll(async () => {
    [site, profile] = [await openSite(), createProfile()];
  }, START_LIMIT_MS);

  afterAll(() => {
    site.close();
    profile.remove();
  });

  async function launch(): Promise<{ readonly chromium: RunningChromium; readonly tab: Tab }> {
    const chromium = await launchChromium(profile.path);
    onTestFinished(() => chromium.kill());
    return { chromium, tab: await openTab(chromium.context, `${site.url}/index.html`) };
  }

  /** Kills as soon as so many more transactions have been told of; the number of the last one that was. */
  async function killWhileWriting(
    { chromium, tab }: Awaited<ReturnType<typeof launch>>,
    options: { readonly commits: number; readonly cachePages: number | undefined },
  ): Promise<number> {
    let told = 0;
    let last = 0;
    const killed = new Promise<void>((resolve, reject) => {
      const onProgress = (transaction: number): void => {
        last = transaction;
        if (++told === options.commits) chromium.kill().then(resolve, reject);
      };
      const writing = tab.page
        .exposeFunction('onProgress', onProgress)
        .then(() => tab.call('writer', 'writeForever', options.cachePages));
      // It ends with the browser, and with an error.
      writing.catch((error: unknown) => {
        if (told < options.commits) reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
    await killed;
    return last;
  }

  test(`${ROUNDS} times in the middle of commits: every one told of is there whole, and the file is sound`, async () => {
    let lastTold = 0;
    let unfinished = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const running = await launch();
      if (round > 0 && (await running.tab.call('writer', 'walEnd', 'killed')) === 'unfinished') unfinished++;
      await running.tab.call('writer', 'open', 'killed');
      expect(expectWhole(await running.tab.call<Checked>('writer', 'check'))).toBeGreaterThanOrEqual(lastTold);
      if (round === ROUNDS) break;
      // Every other time with so small a cache that a transaction writes to the wal before it commits.
      lastTold = await killWhileWriting(running, {
        commits: 1 + ((round * 3) % 7),
        cachePages: round % 2 === 0 ? undefined : 10,
      });
    }
    expect(unfinished, 'kills that left half a transaction in the wal').toBeGreaterThan(0);
  }, 180_000);

  test('in a transaction that has already written megabytes: nothing of it is there', async () => {
    const first = await launch();
    await first.tab.call('writer', 'open', 'spilled');
    await killWhileWriting(first, { commits: 10, cachePages: undefined });
    const second = await launch();
    await second.tab.call('writer', 'open', 'spilled');
    const before = await second.tab.call<Checked>('writer', 'check');
    expectWhole(before);
    const rows = await second.tab.call<[[number]]>('writer', 'all', 'SELECT count(*) FROM items');
    expect(await second.tab.call('writer', 'fillUncommitted')).toBe(rows[0][0] + 500);
    await second.chromium.kill();

    const third = await launch();
    expect(await third.tab.call('writer', 'walEnd', 'spilled')).toBe('unfinished');
    await third.tab.call('writer', 'open', 'spilled');
    expect(await third.tab.call('writer', 'check')).toEqual(before);
    expect(await third.tab.call('writer', 'all', 'SELECT count(*) FROM items')).toEqual(rows);
  }, 60_000);
});
