/**
 * `npm start`: installs and builds what is missing, then runs Tributary. Until there is a server to run, that is the demo
 * of two replicas.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build, installDependencies, root, SetupError } from './setup.mjs';

try {
  await installDependencies();
  await build(['packages/database']);
  process.exitCode = runDemo();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function runDemo() {
  const demo = path.join(root, 'examples', 'two-replicas.mjs');
  return spawnSync(process.execPath, [demo, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
}
