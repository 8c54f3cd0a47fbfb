/** The engine in a real Firefox: the acceptance suite in a worker, and SIGKILL to every process of it while it writes. */
import { expect, onTestFinished, test } from 'vitest';
import { createProfile, type Profile } from './browser-process.ts';
import { describeInFirefox } from './describe-in-browser.ts';
import { expectWhole, type Checked } from './expect-whole.ts';
import { FIREFOX_FAULT, RunningFirefox } from './firefox.ts';
import type { ToldTest } from './page/vitest-in-worker.d.mts';
import { expectAllPassed, withinLimit } from './run-in-worker.ts';
import { openSite, type Site } from './site.ts';

const ROUNDS = 5;

const told = FIREFOX_FAULT === undefined ? await runInWorker() : [];

describeInFirefox('in a worker of Firefox', () => expectAllPassed(told));

describeInFirefox('a killed Firefox', () => {
  test(`${ROUNDS} times in the middle of commits: every one told of is there whole, and the file is sound`, async () => {
    const [site, profile] = [await openSite(), createProfile()];
    onTestFinished(() => {
      site.close();
      profile.remove();
    });
    let last = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const firefox = await launch(site, profile);
      onTestFinished(() => firefox.kill());
      await call(firefox, 'open', 'killed');
      expect(expectWhole(await call<Checked>(firefox, 'check'))).toBeGreaterThanOrEqual(last);
      // Every other time with so small a cache that a transaction writes to the wal before it commits.
      if (round < ROUNDS) last = await killWhileWriting(firefox, round % 2 === 0 ? undefined : 10);
    }
    expect(last).toBeGreaterThan(0);
  }, 120_000);
});

async function runInWorker(): Promise<readonly ToldTest[]> {
  const [site, profile] = [await openSite(), createProfile()];
  const firefox = await launch(site, profile);
  try {
    return await withinLimit(call<readonly ToldTest[]>(firefox, 'runTests'), () => firefox.kill());
  } finally {
    await firefox.kill();
    site.close();
    profile.remove();
  }
}

async function launch(site: Site, profile: Profile): Promise<RunningFirefox> {
  const firefox = await RunningFirefox.launch(profile.path);
  await firefox.open(`${site.url}/index.html`);
  return firefox;
}

/** What a worker of the page answers. */
async function call<T>(firefox: RunningFirefox, operation: string, ...args: readonly unknown[]): Promise<T> {
  const asked = ['worker', operation, args].map((part) => JSON.stringify(part)).join(', ');
  const { result, error } = await firefox.evaluate<{ result?: T; error?: object }>(`tributary.call(${asked})`);
  expect(error).toBeUndefined();
  return result as T;
}

/** Returns the number of the last transaction that was told of before. */
async function killWhileWriting(firefox: RunningFirefox, cachePages: number | undefined): Promise<number> {
  await firefox.evaluate('void (globalThis.onProgress = (transaction) => (globalThis.last = transaction))');
  const asked = JSON.stringify(cachePages === undefined ? [] : [cachePages]);
  await firefox.evaluate(`void tributary.call('worker', 'writeForever', ${asked})`);
  let last: number | null = null;
  await expect.poll(async () => (last = await firefox.evaluate<number | null>('globalThis.last'))).not.toBeNull();
  last = await firefox.evaluate<number>('globalThis.last');
  await firefox.kill();
  return last;
}
