/** A client of the reference: a Map of rows, and JSON. */
import { WebSocket } from 'ws';
import { keep } from './ws-server.mjs';

export function openClient({ url }) {
  return new WsClient(url);
}

class WsClient {
  bytesSent = 0;
  bytesReceived = 0;
  #rows = new Map();
  #listeners = new Set();
  #socket;
  #ready;

  constructor(url) {
    this.#socket = new WebSocket(url, { perMessageDeflate: false });
    this.#ready = new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.once('message', (data) => {
        this.bytesReceived += data.length;
        this.#rows = new Map(Object.entries(JSON.parse(data)));
        this.#socket.on('message', (message) => this.#received(message));
        this.#tell();
        resolve();
      });
    });
  }

  /** It has everything that the server had. */
  ready() {
    return this.#ready;
  }

  insert(rows) {
    this.#write(rows);
  }

  /** One transaction of edits `[id, column, value]`. */
  edit(edits) {
    this.#write(edits);
  }

  read(id) {
    return this.#rows.get(id);
  }

  count() {
    return this.#rows.size;
  }

  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Everything that was edited is on its way; nothing is answered here. */
  async settled() {}

  close() {
    this.#socket.terminate();
  }

  #write(message) {
    keep(this.#rows, message);
    const text = JSON.stringify(message);
    this.bytesSent += Buffer.byteLength(text);
    this.#socket.send(text);
  }

  #received(data) {
    this.bytesReceived += data.length;
    keep(this.#rows, JSON.parse(data));
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}
