/**
 * G: how much one relay checks, stores and acknowledges. Several writers push batches that were encoded beforehand, each into
 * its own workspace or all into one, where each also gets what the others push.
 */
import { createHash } from 'node:crypto';
import { packKey } from '@tributary/database/changes';
import { encodeBatch, encodeClientFrame } from '@tributary/sync/protocol';
import { COLUMNS, editedValue, rowId } from '../dataset.mjs';
import { BareSession } from '../peers/bare-session.mjs';

const WRITERS = 4;
/** Changes per batch, and how many batches each writer pushes. */
const SIZES = [
  [1, 5_000],
  [100, 3_000],
  [1_000, 300],
];
/** Not yet acknowledged, of one writer: as a client, and not more than a relay's turn can take. */
const WINDOW_PUSHES = 256;
const WINDOW_BYTES = 1024 * 1024;

export async function run(options) {
  const figures = {};
  for (const [size, count] of SIZES) {
    const own = await measure({ ...options, size, count, workspaceOf: (writer) => `own-${size}-${writer}` });
    figures[`${size.toLocaleString('en')}: pushes/s`] = own;
    figures[`${size.toLocaleString('en')}: changes/s`] = own * size;
  }
  const [size, count] = SIZES[1];
  const shared = await measure({ ...options, size, count, workspaceOf: () => 'shared' });
  figures[`${size}, one workspace: changes/s`] = shared * size;
  return figures;
}

/** Returns pushes per second. */
async function measure({ url, size, count, workspaceOf }) {
  const writers = Array.from({ length: WRITERS }, (_, i) => new Writer(url, workspaceOf(i), `writer ${i}`));
  await Promise.all(writers.map((writer) => writer.session.ready()));
  for (const writer of writers) writer.prepare(size, count);
  globalThis.gc();
  const start = performance.now();
  await Promise.all(writers.map((writer) => writer.push()));
  const seconds = (performance.now() - start) / 1_000;
  for (const writer of writers) writer.session.close();
  await verify(url, writers);
  return (WRITERS * count) / seconds;
}

class Writer {
  workspaceId;
  session;
  #batches = [];
  #frames = [];
  #next = 0;
  #acknowledged = 0;
  #unacknowledgedBytes = 0;

  constructor(url, workspaceId, user) {
    this.workspaceId = workspaceId;
    this.session = new BareSession({ url, workspaceId, user });
  }

  get digest() {
    return digestOf(this.#batches);
  }

  prepare(size, count) {
    this.session.onEntry = () => {};
    for (let version = 1; version <= count; version++) {
      const changes = changesOf(this.session.siteId, version, size);
      const batch = encodeBatch({ prevVersion: version - 1, toVersion: version, base: 0, refill: false, changes });
      this.#batches.push(batch);
      this.#frames.push(encodeClientFrame({ case: 'push', value: { batch } }));
    }
  }

  /** Resolves when everything is acknowledged. */
  push() {
    return new Promise((resolve) => {
      this.session.onAck = () => {
        this.#unacknowledgedBytes -= this.#frames[this.#acknowledged++].length;
        if (this.#acknowledged === this.#frames.length) resolve();
        else this.#fill();
      };
      this.#fill();
    });
  }

  #fill() {
    while (
      this.#next < this.#frames.length &&
      this.#next - this.#acknowledged < WINDOW_PUSHES &&
      this.#unacknowledgedBytes < WINDOW_BYTES
    ) {
      const frame = this.#frames[this.#next++];
      this.#unacknowledgedBytes += frame.length;
      this.session.send(frame);
    }
  }
}

/** One transaction: fields of rows that were there before, a few of each row. */
function changesOf(siteId, version, size) {
  return Array.from({ length: size }, (_, i) => {
    const nth = (version - 1) * size + i;
    const column = COLUMNS[nth % COLUMNS.length];
    const value = editedValue(column, nth);
    return {
      table: 'items',
      pk: packKey([rowId(Math.floor(nth / COLUMNS.length))]),
      cid: column,
      val: column === 'amount' ? BigInt(value) : value,
      colVersion: 2,
      dbVersion: version,
      siteId,
      cl: 1,
      seq: i,
    };
  });
}

/** What the log gives back is, of each writer, every batch that it pushed, in order, to the byte. */
async function verify(url, writers) {
  for (const workspaceId of new Set(writers.map((writer) => writer.workspaceId))) {
    const session = new BareSession({ url, workspaceId, user: 'verifier' });
    const batchesOf = new Map();
    session.onEntry = ({ siteId, batch }) => {
      const site = Buffer.from(siteId).toString('hex');
      const batches = batchesOf.get(site) ?? [];
      batches.push(batch);
      batchesOf.set(site, batches);
    };
    await session.ready();
    session.close();
    for (const writer of writers.filter((each) => each.workspaceId === workspaceId)) {
      const stored = batchesOf.get(Buffer.from(writer.session.siteId).toString('hex')) ?? [];
      if (digestOf(stored) !== writer.digest) throw new Error(`${workspaceId} does not hold what was pushed`);
    }
  }
}

function digestOf(batches) {
  const hash = createHash('sha256');
  for (const batch of batches) hash.update(String(batch.length)).update(batch);
  return hash.digest('hex');
}
