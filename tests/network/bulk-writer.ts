import { packKey } from '@tributary/database/changes';
import { encodeBatch } from '@tributary/sync/protocol';
import { noise } from './noise.ts';
import type { RawSession } from './raw-session.ts';
import { waitUntil } from './wait-until.ts';

/** Sent and not acknowledged, at most. */
const AHEAD = 4;

/** Writes the titles of a few notes again and again, so that the log grows and replicas do not. */
export class BulkWriter {
  readonly #session: RawSession;
  readonly #siteId: Uint8Array;
  #version = 0;

  constructor(session: RawSession, siteId: Uint8Array) {
    this.#session = session;
    this.#siteId = siteId;
  }

  /** Of the last title that was written. */
  lastTitle = '';

  get lastNote(): string {
    return noteOf(this.#version);
  }

  async write(titles: number, length: number): Promise<void> {
    for (let count = 0; count < titles; count++) {
      this.lastTitle = noise(length);
      this.#session.push(this.#nextBatch(this.lastTitle));
      await this.#untilAcknowledged(this.#version - AHEAD);
    }
    await this.#untilAcknowledged(this.#version);
  }

  #nextBatch(title: string): Uint8Array {
    const [prevVersion, toVersion] = [this.#version, ++this.#version];
    const change = {
      table: 'notes',
      pk: packKey([noteOf(toVersion)]),
      cid: 'title',
      val: title,
      colVersion: toVersion,
      dbVersion: toVersion,
      siteId: this.#siteId,
      cl: 1,
      seq: 0,
    };
    return encodeBatch({
      prevVersion,
      toVersion,
      base: undefined,
      refill: false,
      fragment: undefined,
      changes: [change],
    });
  }

  #untilAcknowledged(version: number): Promise<void> {
    return waitUntil(() => version <= 0 || Number(this.#session.last('ack')?.toVersion ?? 0) >= version, {
      what: () => `version ${version} is acknowledged; ${JSON.stringify(this.#session.closedWith)}`,
    });
  }
}

const NOTES = 8;

function noteOf(version: number): string {
  return `bulk ${version % NOTES}`;
}
