/** Pushes of one site: whole notes, and the mixture that a workspace in use sends. */
import { packKey } from '@tributary/database/changes';
import { createSeededRandom } from '@tributary/database/testing';
import { encodeBatch } from '@tributary/sync/protocol';

export const WORKSPACE = 'bench';
export const SITE = new Uint8Array(16).fill(9);

const WORDS = 'river tide delta spring mouth bank current flood source stream brook creek lake pond well rain'.split(
  ' ',
);
const NEW_ROW_CELLS = ['title', 'project_id', 'pinned', 'created_at', 'updated_at'];
const NOW = 1_700_000_000_000n;

/** Of a batch of 500 changes, as measured before anything was built: half of new rows, the rest edits, deletions, old news. */
const NEW_ROWS = 50;
const EDITS = 200;
const DELETIONS = 25;
const OLD_NEWS = 25;

export class Edits {
  #random = createSeededRandom(7);
  #version = 0;
  #rows = 0;

  /** One push of so many new notes. */
  insert(count) {
    return this.#push((add) => {
      for (let i = 0; i < count; i++) this.#addRow(add);
    });
  }

  /** One push of 525 changes. */
  mixed() {
    const existing = this.#rows;
    const anyRow = () => rowKey(this.#random.below(existing));
    return this.#push((add) => {
      for (let i = 0; i < NEW_ROWS; i++) this.#addRow(add);
      for (let i = 0; i < EDITS; i++) add(anyRow(), 'title', this.#text(), { colVersion: this.#version + 1 });
      for (let i = 0; i < DELETIONS; i++) add(anyRow(), '-1', null, { colVersion: 2, cl: 2 });
      for (let i = 0; i < OLD_NEWS; i++) add(anyRow(), 'title', 'old', { colVersion: 1 });
    });
  }

  #addRow(add) {
    const pk = rowKey(this.#rows++);
    const values = [this.#text(), null, 0n, NOW, NOW];
    for (const [index, cid] of NEW_ROW_CELLS.entries()) add(pk, cid, values[index]);
  }

  #text() {
    return Array.from({ length: 6 }, () => this.#random.pick(WORDS)).join(' ');
  }

  #push(fill) {
    const [prevVersion, toVersion] = [this.#version, ++this.#version];
    const changes = [];
    fill((pk, cid, val, clocks) => {
      const seq = changes.length;
      changes.push({
        table: 'notes',
        pk,
        cid,
        val,
        colVersion: 1,
        dbVersion: toVersion,
        siteId: SITE,
        cl: 1,
        seq,
        ...clocks,
      });
    });
    const batch = { prevVersion, toVersion, base: undefined, refill: false, fragment: undefined, changes };
    return {
      workspaceId: WORKSPACE,
      siteId: SITE,
      toVersion,
      refill: false,
      payloads: [encodeBatch(batch)],
      unknownNames: [],
    };
  }
}

function rowKey(i) {
  return packKey([`018f3c1e-7a2b-7c3d-8e4f-${String(i).padStart(12, '0')}`]);
}
