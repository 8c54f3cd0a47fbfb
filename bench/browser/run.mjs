/**
 * Measures a replica in a real Chromium: a worker, the private file system, the pages that the tests use.
 *
 *   node bench/browser/run.mjs
 */
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const load = async (name) => {
  const { module } = await runnerImport(fileURLToPath(new URL(`../../tests/browser/${name}.ts`, import.meta.url)));
  return module;
};
const [{ createProfile, launchChromium }, { openSite }, { openTab }] = await Promise.all(
  ['chromium', 'site', 'tab'].map(load),
);

const [site, profile] = [await openSite(), createProfile()];
const chromium = await launchChromium(profile.path);
try {
  console.log(`Chromium ${chromium.browser.version()}; medians of 3 rounds, each with new databases`);
  const tab = await openTab(chromium.context, `${site.url}/index.html`);
  for (const [what, number] of Object.entries(await tab.call('measuring', 'measure'))) {
    console.log(`${what.padEnd(28)} ${number.toFixed(number < 100 ? 1 : 0).padStart(8)}`);
  }
} finally {
  await chromium.kill();
  site.close();
  profile.remove();
}
