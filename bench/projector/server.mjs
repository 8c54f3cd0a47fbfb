/** `tributary serve`, as it is run. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../packages/sync-server/bin/tributary.js', import.meta.url));

export async function startServer({ url, dataDirectory }) {
  const where = ['--data', dataDirectory];
  const database = url === undefined ? [] : ['--database-url', url];
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', ...where, ...database], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = await new Promise((resolve, reject) => {
    let out = '';
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const found = /"address":"(http:[^"]+)"/.exec(out);
      if (found) resolve(found[1]);
    });
  });
  child.removeAllListeners('exit');
  return {
    url: `${address.replace('http', 'ws')}/sync`,
    token: (userId, workspaceId) => tokenOf({ where, userId, workspaceId }),
    residentMiB: () =>
      Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}

function tokenOf({ where, userId, workspaceId }) {
  const args = ['token', ...where, '--user', userId, '--workspace', workspaceId, '--role', 'editor'];
  return spawnSync(process.execPath, [path.resolve(MAIN), ...args], { encoding: 'utf8' }).stdout.trim();
}
