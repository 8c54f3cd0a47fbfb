import { createServer } from 'node:net';

/**
 * A port that nothing listens on. Not one of those that the system gives to outgoing connections: a client that tries again
 * and again to reach a relay that is down would in time be given the relay's own port, and connect to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
}

const FIRST = 20_000;
const COUNT = 10_000;

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
