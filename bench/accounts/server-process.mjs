/** A server with accounts on the embedded PostgreSQL, until the process that started it lets go of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SyncServer } from '@tributary/sync-server';

const dataDirectory = mkdtempSync(path.join(tmpdir(), 'tributary-bench-'));
// Whoever measures logins is not to be told to wait.
const rate = { perSecond: 1e6, burst: 1e6 };
const rates = { pair: rate, email: rate, network: rate, registering: rate, asking: rate };
const server = await new SyncServer({ port: 0, dataDirectory, accounts: { signup: 'open', rates } }).start();

process.on('disconnect', () => {
  rmSync(dataDirectory, { recursive: true, force: true });
  process.exit();
});
process.send({ address: server.address });
