/**
 * Replicas in a real Chromium and one on Node, the real server with its PostgreSQL, real sockets; everything crashes, and
 * then all hold the same. What tests/convergence does with time and network in its hands happens here as it happens to people.
 */
import { fileURLToPath } from 'node:url';
import { seedOfRun } from '@tributary/database/testing';
import { openCloud, silentLogger } from '@tributary/sync-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RelayProcess } from '../network/relay-process.ts';
import { createProfile, START_LIMIT_MS, type Profile } from './browser-process.ts';
import { launchChromium, type RunningChromium } from './chromium.ts';
import { BrowserSimulation } from './convergence/browser-simulation.ts';
import { describeInChromium } from './describe-in-browser.ts';
import { openSite, type Site } from './site.ts';
import { openTab } from './tab.ts';

const SERVER = fileURLToPath(new URL('convergence/serve.mjs', import.meta.url));

/** A developer asks for more by TRIBUTARY_SIMULATIONS. */
// oxlint-disable-next-line node/no-process-env -- that is how
const RUNS = Number(process.env['TRIBUTARY_SIMULATIONS'] ?? 2);
const RUN_TIMEOUT_MS = 120_000;

describeInChromium('replicas in Chromium and on Node, and the cloud copy, agree', () => {
  const seed = seedOfRun();
  let profile: Profile;
  let site: Site;
  let chromium: RunningChromium;
  let server: RelayProcess;

  beforeAll(async () => {
    [site, profile] = [await openSite(), createProfile()];
    chromium = await launchChromium(profile.path);
    server = await RelayProcess.start({ cloud: {}, program: SERVER });
  }, START_LIMIT_MS);

  afterAll(async () => {
    await chromium?.kill();
    await server?.remove();
    site?.close();
    profile?.remove();
  });

  test(
    `after ${RUNS} runs from seed ${seed}, in which workers, pages, lines and the server were killed`,
    { timeout: RUNS * RUN_TIMEOUT_MS },
    async () => {
      const runs: BrowserSimulation[] = [];
      for (let offset = 0; offset < RUNS; offset++) {
        const run = new BrowserSimulation({
          seed: seed + offset,
          server,
          openTab: () => openTab(chromium.context, `${site.url}/index.html`),
          directory: server.dataDirectory,
        });
        runs.push(run);
        try {
          await run.run();
        } finally {
          await run.close();
        }
      }
      expect(await server.stop()).toBe(0);
      const cloud = await openCloud({ directory: server.dataDirectory, logger: silentLogger });
      try {
        for (const run of runs) await run.checkServer(cloud);
      } finally {
        await cloud.close();
      }
      expect(
        runs.reduce((sum, { recoveries }) => sum + recoveries, 0),
        'crashes that left a wal',
      ).toBeGreaterThan(0);
    },
  );
});
