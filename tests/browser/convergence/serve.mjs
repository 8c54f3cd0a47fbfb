/** The server as an app with tables of its own embeds it, to be run as `tributary serve` is. */
import { parseArgs } from 'node:util';
import { SyncServer } from '@tributary/sync-server';
import { simCloudSchema } from '../../convergence/sim-cloud-schema.mjs';
import { simSchema } from '../../convergence/sim-schema.mjs';

const { values } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string' }, data: { type: 'string' } },
});

const server = await new SyncServer({
  port: Number(values.port),
  dataDirectory: values.data,
  schema: simSchema,
  cloud: { schema: simCloudSchema },
  allowedOrigins: ['*'],
}).start();
process.on('SIGTERM', () => void server.stop().then(() => process.exit()));
process.stdout.write('"listening"\n');
