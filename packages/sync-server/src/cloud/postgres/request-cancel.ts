/**
 * Asks the server to stop what a connection is running. Without it a statement goes on to its end after we have left, since
 * the server does not look at the socket before it has something to say.
 */
import { connect } from 'node:net';
import type { PoolClient } from 'pg';

/** The code of a CancelRequest, in place of a protocol version. */
const CANCEL_REQUEST = 80_877_102;
const MESSAGE_BYTES = 16;
const TIMEOUT_MS = 5000;

/** What pg knows of the server's end of a connection, and its types do not say. */
interface BackendKey {
  readonly processID: number | null;
  readonly secretKey: number | null;
}

/** Nobody waits for it, and nobody is told whether it has helped: that is all the protocol has. */
export function requestCancel(client: PoolClient): void {
  const { host, port } = client;
  const { processID, secretKey } = client as unknown as BackendKey;
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return;
  const message = Buffer.alloc(MESSAGE_BYTES);
  for (const [index, value] of [MESSAGE_BYTES, CANCEL_REQUEST, processID, secretKey].entries()) {
    message.writeInt32BE(value, index * 4);
  }
  const socket = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
  socket.on('error', () => {});
  socket.end(message);
  socket.unref();
}
