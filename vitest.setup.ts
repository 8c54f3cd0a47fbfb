import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { installBrowsers } from './scripts/setup-browsers.mjs';

/**
 * Tests that start other processes run what `tsc` built, so it is built first. Type errors are the build's to report.
 * Tests in a browser need one.
 */
export function setup(): void {
  installBrowsers();
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  spawnSync(process.execPath, [tsc, '-b', 'packages/sync-server'], { stdio: 'ignore' });
}
