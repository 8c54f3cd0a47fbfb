/** Tests that run in a dedicated worker of a real Chromium: each counts here as one of its own. */
import { expect, test } from 'vitest';
import { CHROMIUM_FAULT, createProfile, launchChromium } from './chromium.ts';
import { describeInChromium } from './describe-in-chromium.ts';
import type { ToldTest } from './page/vitest-in-worker.d.mts';
import { openSite } from './site.ts';
import { openTab } from './tab.ts';

const RUN_LIMIT_MS = 120_000;

const told = CHROMIUM_FAULT === undefined ? await runInWorker() : [];

describeInChromium('in a worker of Chromium', () => {
  for (const { name, state, message } of told) {
    test(`${name.slice(0, -1).join(' > ')}: ${name.at(-1)}`, () => {
      expect(state, message).toBe('pass');
    });
  }

  test('the acceptance suite of the drivers ran, and what only a browser can do wrong', () => {
    expect(told.length).toBeGreaterThan(80);
  });
});

async function runInWorker(): Promise<readonly ToldTest[]> {
  const [site, profile] = [await openSite(), createProfile()];
  const chromium = await launchChromium(profile.path);
  // A worker that never answers cannot be asked to stop.
  const limit = setTimeout(() => void chromium.kill(), RUN_LIMIT_MS);
  try {
    const tab = await openTab(chromium.context, `${site.url}/index.html`);
    return await tab.call<readonly ToldTest[]>('tests', 'runTests');
  } finally {
    clearTimeout(limit);
    await chromium.kill();
    site.close();
    profile.remove();
  }
}
