/**
 * One step of projecting: the next part of some workspaces' logs, folded into the cloud copy. Clocks, rows, usage and cursors
 * move in one transaction, so a crash between any two statements leaves the cloud copy as it was, every entry counts once,
 * and two projectors at once are one too many but no danger: a cursor is moved by whoever has locked it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CloudSchema } from '@tributary/database/cloud';
import type { CloudDatabase, CloudQueries } from '../cloud/cloud-database.ts';
import { CloudError } from '../cloud/cloud-error.ts';
import type { Log } from '../log/log.ts';
import { documentOf, isSearchable } from '../search/documents.ts';
import { queueRows } from '../search/search-queue.ts';
import { LIVE, type CloudPlace } from './cloud-place.ts';
import { readPortion, type LogPortion } from './log-portion.ts';
import { ProjectionStore, type Cursor, type CursorMove } from './projection-store.ts';
import { RowWriter, sizeOf, type ChangedRow, type WriteOptions } from './row-writer.ts';
import { TouchedRows } from './touched-rows.ts';
import { runsOf, usageOf } from './usage-count.ts';

export interface ProjectionOptions {
  readonly log: Pick<Log, 'read' | 'markAt'>;
  readonly cloud: CloudDatabase;
  readonly schema: Pick<CloudSchema, 'tables'>;
  readonly place?: CloudPlace;
  /** Changes of one transaction, more or less. */
  readonly maxChanges?: number;
  /** What they take of memory, more or less. */
  readonly maxBytes?: number;
  /** Lets others have the event loop. */
  readonly giveWay?: () => Promise<void>;
}

export interface WorkspaceStand {
  /** The last entry that the cloud copy holds. */
  readonly seq: number;
  /** When the first entry behind that one was stored; undefined where there is none. */
  readonly pendingSince: number | undefined;
  /** What this step projected. */
  readonly changes: number;
}

/** By workspace. */
export type WorkspaceStands = ReadonlyMap<string, WorkspaceStand>;

export interface AdvanceOptions extends Partial<WriteOptions> {
  /** The last entry that may be read. */
  readonly until?: number | undefined;
}

const DEFAULT_MAX_CHANGES = 5_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

interface Reading {
  readonly workspaceId: string;
  /** From where it was read. */
  readonly cursor: Cursor;
  /** The log does not hold any more what had been projected. */
  readonly isSetBack: boolean;
  readonly portion: LogPortion;
  readonly head: number;
}

export class Projection {
  readonly store: ProjectionStore;
  readonly #options: ProjectionOptions;
  readonly #rows: RowWriter;
  readonly #place: CloudPlace;
  /** What changes is to be indexed. */
  readonly #isSearchable: boolean;

  constructor(options: ProjectionOptions) {
    const { place = LIVE, schema } = options;
    this.#options = options;
    this.#place = place;
    this.#isSearchable = place === LIVE && isSearchable(schema);
    this.store = new ProjectionStore(place);
    this.#rows = new RowWriter(this.store, schema, place);
  }

  /**
   * `heads` says where the log of each workspace ends. They are taken in that order; returned is where each stands that had
   * its turn, which those have not that another projector is at, and those for which there was no room. Where PostgreSQL
   * refuses the rows of many, they are written row by row, and only those are left out that it will not have.
   */
  async advance(heads: ReadonlyMap<string, number>, options: AdvanceOptions = {}): Promise<WorkspaceStands> {
    try {
      return await this.#advance(heads, options);
    } catch (error) {
      if (!(error instanceof CloudError) || error.retryable || options.isCareful === true) throw error;
      return await this.#advance(heads, { ...options, isCareful: true });
    }
  }

  /** As a part of somebody's transaction. */
  async advanceWithin(
    queries: CloudQueries,
    heads: ReadonlyMap<string, number>,
    { until, isCareful = false }: AdvanceOptions = {},
  ): Promise<WorkspaceStands> {
    const cursors = await this.store.claim(queries, [...heads.keys()]);
    const readings = await this.#read(cursors, heads, until);
    await this.#fold(queries, readings, { isCareful });
    return new Map(readings.map(({ workspaceId, cursor, portion }) => [workspaceId, standAfter(cursor, portion)]));
  }

  #advance(heads: ReadonlyMap<string, number>, options: AdvanceOptions): Promise<WorkspaceStands> {
    return this.#options.cloud.transaction((queries) => this.advanceWithin(queries, heads, options));
  }

  async #read(
    cursors: ReadonlyMap<string, Cursor>,
    heads: ReadonlyMap<string, number>,
    until?: number,
  ): Promise<Reading[]> {
    const { log, giveWay = nextTurn } = this.#options;
    let { maxChanges = DEFAULT_MAX_CHANGES, maxBytes = DEFAULT_MAX_BYTES } = this.#options;
    const readings: Reading[] = [];
    for (const [workspaceId, head] of heads) {
      const stored = cursors.get(workspaceId);
      if (stored === undefined) continue;
      if (maxChanges <= 0 || maxBytes <= 0) break;
      const cursor = await this.#cursorInLog(workspaceId, stored);
      const limits = { after: cursor.seq, maxChanges, maxBytes, until, giveWay };
      const portion = await readPortion(log, workspaceId, limits);
      maxChanges -= Math.max(portion.changes, portion.entries.length);
      maxBytes -= portion.bytes;
      readings.push({ workspaceId, cursor, isSetBack: cursor.seq < stored.seq, portion, head });
    }
    return readings;
  }

  /** A log that was lost or restored does not hold the entry any more: it is read from its beginning, which is always safe. */
  async #cursorInLog(workspaceId: string, { seq, mark }: Cursor): Promise<Cursor> {
    const isThere = seq === 0 || (await this.#options.log.markAt(workspaceId, seq)) === mark;
    return isThere ? { seq, mark } : { seq: 0, mark: 0 };
  }

  async #fold(queries: CloudQueries, readings: readonly Reading[], options: WriteOptions): Promise<void> {
    const news = readings.filter(({ portion, isSetBack }) => portion.entries.length > 0 || isSetBack);
    if (news.length === 0) return;
    const touched = new TouchedRows();
    for (const { workspaceId, portion } of news) touched.collect(workspaceId, portion);
    await this.#load(queries, touched);
    touched.fold();
    const changed = changedRows(touched);
    await this.#rows.write(queries, changed, options);
    await this.#reportUnreadable(queries, news);
    if (this.#isSearchable) await queueRows(queries, changed, documentOf);
    if (this.#place === LIVE) await this.#count(queries, news);
    await this.store.moveCursors(queries, movesOf(news, changed));
  }

  async #load(queries: CloudQueries, touched: TouchedRows): Promise<void> {
    const rows = [...touched.all];
    const loaded = await this.store.loadRows(queries, rows);
    for (const [index, row] of rows.entries()) row.before = loaded[index];
  }

  async #count(queries: CloudQueries, news: readonly Reading[]): Promise<void> {
    const portions = new Map(news.map(({ workspaceId, portion }) => [workspaceId, portion.entries]));
    const runs = runsOf(portions);
    const counted = await this.store.countedRuns(queries, runs);
    await this.store.count(queries, runs, usageOf(portions, counted));
  }

  /** The relay stores nothing unreadable; should it be there all the same, the others' work goes on. */
  async #reportUnreadable(queries: CloudQueries, news: readonly Reading[]): Promise<void> {
    const cells = news.flatMap(({ workspaceId, portion }) =>
      portion.entries
        .filter(({ changes }) => changes === undefined)
        .map(({ entry: { seq, siteId } }) => ({
          workspaceId,
          table: '',
          pk: new Uint8Array(0),
          column: String(seq),
          reason: 'entry_unreadable' as const,
          preview: '',
          siteId: Buffer.from(siteId).toString('hex'),
          seq,
        })),
    );
    await this.store.quarantine(queries, [], cells);
  }
}

function changedRows(touched: TouchedRows): ChangedRow[] {
  const changed: ChangedRow[] = [];
  for (const row of touched.all) {
    const { after } = row;
    if (after !== undefined && after !== row.before) changed.push({ ...row, after });
  }
  return changed;
}

function standAfter(cursor: Cursor, { entries, changes, pendingSince }: LogPortion): WorkspaceStand {
  return { seq: entries.at(-1)?.entry.seq ?? cursor.seq, pendingSince, changes };
}

function movesOf(news: readonly Reading[], changed: readonly ChangedRow[]): CursorMove[] {
  const growth = new Map<string, { rows: number; bytes: number }>();
  for (const { workspaceId, before, after } of changed) {
    const sum = growth.get(workspaceId) ?? { rows: 0, bytes: 0 };
    const [was, is] = [sizeOf(before), sizeOf(after)];
    growth.set(workspaceId, { rows: sum.rows + is.rows - was.rows, bytes: sum.bytes + is.bytes - was.bytes });
  }
  return news.map(({ workspaceId, cursor, head, portion: { entries, pendingSince } }) => {
    const { rows = 0, bytes = 0 } = growth.get(workspaceId) ?? {};
    const { seq, mark } = entries.at(-1)?.entry ?? cursor;
    const headSeq = pendingSince === undefined ? seq : Math.max(seq + 1, head);
    return { workspaceId, seq, mark, headSeq, pendingSince, liveRows: rows, liveBytes: bytes };
  });
}
