/** The relay as it is shipped, on its durable log: nothing is seen by anybody before it is flushed to disk. */
import { SyncServer } from '@tributary/sync-server';
import { itemsSchema } from '../dataset.mjs';
import { SECRET } from './tokens.mjs';

export async function startServer({ directory, limits }) {
  const server = new SyncServer({
    cloud: false,
    port: 0,
    dataDirectory: directory,
    schema: itemsSchema,
    auth: { keys: { secrets: [SECRET] } },
    ...(limits && { limits }),
  });
  await server.start();
  return { url: `ws://127.0.0.1:${server.port}/sync` };
}
