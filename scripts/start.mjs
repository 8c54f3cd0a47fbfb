/**
 * `npm start`: installs and builds what is missing, then runs the server on embedded parts. Options are those of
 * `tributary serve`:
 *
 *   npm start -- --port 9000 --data /var/lib/tributary
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build, buildPages, installDependencies, root, SetupError } from './setup.mjs';

try {
  await installDependencies();
  await build(['packages/sync-server']);
  await buildPages();
  process.exitCode = await serve(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** A process of its own, with this one only in between: what it is told goes on to the server. */
function serve(args) {
  const program = path.join(root, 'packages', 'sync-server', 'bin', 'tributary.js');
  const server = spawn(process.execPath, [program, 'serve', ...args], { stdio: 'inherit' });
  // From a terminal, the server is told by the terminal itself.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => server.kill('SIGTERM'));
  return new Promise((resolve) => server.on('exit', (code) => resolve(code ?? 1)));
}
