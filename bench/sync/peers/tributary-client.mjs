/** A replica in memory and its sync client, which pushes each edit at once. */
import { openReplica } from '@tributary/database';
import { SyncClient } from '@tributary/sync';
import { connectWebSocket } from '@tributary/sync/transport';
import { COLUMNS, itemsSchema } from '../dataset.mjs';
import { tokenOf } from './tokens.mjs';

export const WORKSPACE = 'bench';

const AT_ONCE = { debounceMs: 0, maxDelayMs: 0 };

export function openClient(options) {
  return new TributaryClient(options);
}

class TributaryClient {
  bytesSent = 0;
  bytesReceived = 0;
  /** The frames as they came, where they are to be kept. */
  frames;
  #replica;
  #client;
  #ready;
  #insert;
  #read;
  #count;
  #updates;

  constructor({ url, engine, user = 'someone', keepsFrames = false }) {
    this.frames = keepsFrames ? [] : undefined;
    this.#replica = openReplica({ path: ':memory:', engine, schema: itemsSchema });
    const { sqlite } = this.#replica;
    this.#insert = sqlite.prepare('INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)');
    this.#read = sqlite.prepare('SELECT title, note, status, amount, score FROM items WHERE id = ?');
    this.#count = sqlite.prepare('SELECT count(*) FROM items').pluck();
    this.#updates = new Map(
      COLUMNS.map((column) => [column, sqlite.prepare(`UPDATE items SET ${column} = ? WHERE id = ?`)]),
    );
    this.#client = new SyncClient(url, () => tokenOf(user), {
      replica: this.#replica,
      workspaceId: WORKSPACE,
      debounce: AT_ONCE,
      connect: (address, handler) => this.#connect(address, handler),
    });
    this.#ready = this.#client.sync();
  }

  ready() {
    return this.#ready;
  }

  insert(rows) {
    this.#replica.transaction(() => {
      for (const [id, { title, note, status, amount, score }] of rows) {
        this.#insert.run(id, title, note, status, BigInt(amount), score);
      }
    });
  }

  edit(edits) {
    this.#replica.transaction(() => {
      for (const [id, column, value] of edits) {
        this.#updates.get(column).run(column === 'amount' ? BigInt(value) : value, id);
      }
    });
  }

  read(id) {
    return this.#read.get(id);
  }

  count() {
    return this.#count.get();
  }

  onChange(listener) {
    return this.#client.onSync(listener);
  }

  /** Everything that was edited is on the relay's disk. */
  settled() {
    return this.#client.sync();
  }

  close() {
    this.#client.close();
    this.#replica.close();
  }

  #connect(address, handler) {
    const connection = connectWebSocket(address, {
      ...handler,
      opened: () => handler.opened(),
      received: (message) => {
        this.bytesReceived += message.length;
        this.frames?.push(message);
        handler.received(message);
      },
      closed: (code, reason) => handler.closed(code, reason),
    });
    return {
      send: (message) => {
        this.bytesSent += message.length;
        connection.send(message);
      },
      close: (code, reason) => connection.close(code, reason),
      get bufferedBytes() {
        return connection.bufferedBytes;
      },
    };
  }
}
