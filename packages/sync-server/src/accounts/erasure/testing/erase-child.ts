/**
 * A process that erases what is on the list of a data directory, for tests that kill it: `erase-child.js <directory>`. Run as
 * compiled JavaScript. It says when it begins, and when nothing is left.
 */
import path from 'node:path';
import { workspaceCloudSchema } from '@tributary/database/cloud';
import { openPgliteCloud } from '../../../cloud/pglite/pglite-cloud.ts';
import { openSqliteLog } from '../../../log/sqlite/sqlite-log.ts';
import { silentLogger } from '../../../logger.ts';
import { Projector } from '../../../projector/projector.ts';
import { AccountStore } from '../../account-store.ts';
import { Eraser } from '../eraser.ts';
import { WORKSPACE_PERSONAL_TABLES } from '../personal-tables.ts';

const [, , directory = ''] = process.argv;
const cloud = await openPgliteCloud({ directory: path.join(directory, 'postgres'), logger: silentLogger });
const log = openSqliteLog({ path: path.join(directory, 'log.db') });
const projector = new Projector({ log, cloud, schema: workspaceCloudSchema });
const eraser = new Eraser({
  store: new AccountStore(() => cloud),
  log,
  cloud: () => cloud,
  tables: WORKSPACE_PERSONAL_TABLES,
  closeWorkspace: () => Promise.resolve(() => undefined),
  forget: (workspaceId) => projector.forget(workspaceId),
  stored: (workspaceId, head) => projector.stored(workspaceId, head),
});
projector.start();
process.stdout.write('begun\n');
eraser.start();
await eraser.done();
process.stdout.write('done\n');
await eraser.stop();
await projector.stop();
await cloud.close();
await log.close();
