/**
 * The reference: as little as a server for shared rows can do. It keeps a Map, sends it whole to whoever connects, and
 * passes on what arrives as it is. No merge, no accounts, nothing on disk, unless it is told to write each message to a file
 * and flush that before it passes it on: what durability alone costs on this disk.
 */
import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';

export async function startServer({ directory, isDurable = false }) {
  const rows = new Map();
  const log = isDurable ? openSync(path.join(directory, 'messages'), 'a') : undefined;
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.send(JSON.stringify(Object.fromEntries(rows)));
    socket.on('message', (data) => {
      keep(rows, JSON.parse(data));
      if (log !== undefined) {
        writeSync(log, data);
        fdatasyncSync(log);
      }
      for (const other of server.clients) {
        if (other !== socket && other.readyState === WebSocket.OPEN) other.send(data, { binary: false });
      }
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return { url: `ws://127.0.0.1:${server.address().port}` };
}

/** Rows as `[id, values]`, edits of one field as `[id, column, value]`. */
export function keep(rows, message) {
  for (const [id, column, value] of message) {
    if (typeof column === 'object') rows.set(id, column);
    else rows.get(id)[column] = value;
  }
}
