/** Tests that run in a dedicated worker of a real Chromium. */
import { createProfile } from './browser-process.ts';
import { CHROMIUM_FAULT, launchChromium } from './chromium.ts';
import { describeInChromium } from './describe-in-browser.ts';
import type { ToldTest } from './page/vitest-in-worker.d.mts';
import { expectAllPassed, withinLimit } from './run-in-worker.ts';
import { openSite } from './site.ts';
import { openTab } from './tab.ts';

const told = CHROMIUM_FAULT === undefined ? await runInWorker() : [];

describeInChromium('in a worker of Chromium', () => expectAllPassed(told));

async function runInWorker(): Promise<readonly ToldTest[]> {
  const [site, profile] = [await openSite(), createProfile()];
  const chromium = await launchChromium(profile.path);
  try {
    const tab = await openTab(chromium.context, `${site.url}/index.html`);
    return await withinLimit(tab.call<readonly ToldTest[]>('tests', 'runTests'), () => chromium.kill());
  } finally {
    await chromium.kill();
    site.close();
    profile.remove();
  }
}
