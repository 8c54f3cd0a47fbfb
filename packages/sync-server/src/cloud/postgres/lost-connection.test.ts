import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../logger.ts';
import { createPostgresCloud } from './postgres-cloud.ts';

test('a connection that ends in the same breath as it is made ends nothing else', async () => {
  const server = await startRestartingPostgres();
  const { port } = server.address() as AddressInfo;
  const cloud = createPostgresCloud({ url: `postgres://ann@127.0.0.1:${port}/home`, logger: silentLogger });
  onTestFinished(() => cloud.close());
  // An error event that nobody hears would fail the run.
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(cloud.query('SELECT 1')).rejects.toMatchObject({ code: 'cloud_unavailable', retryable: true });
  }
});

/** Says in one packet that it is ready, and that it is shutting down. */
async function startRestartingPostgres(): Promise<Server> {
  const fatal = ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection due to administrator command', ''].join('\0');
  const answer = Buffer.concat([
    message('R', Buffer.from([0, 0, 0, 0])),
    message('Z', Buffer.from('I')),
    message('E', Buffer.from(`${fatal}\0`)),
  ]);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return server;
}

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}
