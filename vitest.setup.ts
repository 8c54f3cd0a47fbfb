import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

/** Tests that start other processes run what `tsc` built, so it is built first. Type errors are the build's to report. */
export function setup(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  spawnSync(process.execPath, [tsc, '-b', 'packages/sync-server'], { stdio: 'ignore' });
}
