/**
 * The protocol without a replica: one session that decodes what the relay sends and keeps the last value of each cell, for
 * where the cost of many replicas in one process would hide that of the relay.
 */
import { randomBytes } from 'node:crypto';
import { unpackKey } from '@tributary/database/changes';
import { decodeBatch, decodeServerFrame, encodeClientFrame, SPOKEN_VERSIONS } from '@tributary/sync/protocol';
import { WebSocket } from 'ws';
import { tokenOf } from './tokens.mjs';
import { WORKSPACE } from './tributary-client.mjs';

const ANSWER_EVERY_BYTES = 128 * 1024;

export class BareSession {
  siteId = Uint8Array.from(randomBytes(16));
  bytesReceived = 0;
  onAck = () => {};
  onEntry = (entry) => this.keep(entry);
  #rows = new Map();
  #listeners = new Set();
  #socket;
  #unansweredBytes = 0;
  #ready;

  constructor({ url, user = 'someone', workspaceId = WORKSPACE }) {
    this.#socket = new WebSocket(url, { perMessageDeflate: false });
    this.#ready = new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.once('close', (code, reason) => reject(new Error(`closed: ${code} ${reason}`)));
      this.#socket.on('message', (data) => this.#received(data, resolve));
    });
    this.#socket.on('open', async () => this.#hello(await tokenOf(user), workspaceId));
  }

  /** It has everything that the log had. */
  ready() {
    return this.#ready;
  }

  send(frame) {
    this.#socket.send(frame);
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

  keep({ batch, siteId }) {
    if (batch.length === 0) return;
    for (const { pk, cid, val } of decodeBatch(batch, siteId).changes) {
      const [id] = unpackKey(pk);
      let row = this.#rows.get(id);
      if (row === undefined) this.#rows.set(id, (row = {}));
      row[cid] = typeof val === 'bigint' ? Number(val) : val;
    }
  }

  close() {
    this.#socket.terminate();
  }

  #hello(token, workspaceId) {
    const value = {
      protocolVersion: SPOKEN_VERSIONS.newest,
      minVersion: SPOKEN_VERSIONS.oldest,
      token,
      workspaceId,
      siteId: this.siteId,
    };
    this.send(encodeClientFrame({ case: 'hello', value }));
  }

  #received(data, becomeReady) {
    this.bytesReceived += data.length;
    const frame = decodeServerFrame(data);
    if (frame.case === 'ack') this.onAck(frame.value);
    else if (frame.case === 'deliver') this.#deliver(frame.value.entries);
    else if (frame.case === 'caughtUp') becomeReady();
    else if (frame.case === 'reject') throw new Error(`rejected: ${frame.value.code} ${frame.value.message}`);
    else if (frame.case === 'ping') this.send(encodeClientFrame({ case: 'pong', value: { id: frame.value.id } }));
  }

  #deliver(entries) {
    for (const entry of entries) {
      this.onEntry(entry);
      this.#unansweredBytes += entry.batch.length;
    }
    if (this.#unansweredBytes >= ANSWER_EVERY_BYTES) {
      this.send(encodeClientFrame({ case: 'received', value: { seq: entries.at(-1).seq } }));
      this.#unansweredBytes = 0;
    }
    for (const listener of this.#listeners) listener();
  }
}
