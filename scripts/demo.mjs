/** `npm run demo`: installs and builds what is missing, then runs examples/two-devices.mjs. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build, installDependencies, root, SetupError } from './setup.mjs';

try {
  await installDependencies();
  await build(['packages/sync-server']);
  const demo = path.join(root, 'examples', 'two-devices.mjs');
  process.exitCode = spawnSync(process.execPath, [demo, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
