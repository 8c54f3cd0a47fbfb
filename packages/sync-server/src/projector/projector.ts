/**
 * Keeps the cloud copy up with the log. It is woken by what the relay stores, projects many workspaces at a time, and tells
 * how far it has come. PostgreSQL may be away for a week: the log is the queue, and it waits.
 */
import type { CloudSchema } from '@tributary/database/cloud';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { isAway } from '../cloud/cloud-error.ts';
import type { Log } from '../log/log.ts';
import { silentLogger, type Logger } from '../logger.ts';
import { ProjectorCounters, type ProjectorFigures } from './projector-metrics.ts';
import { Projection, type WorkspaceStand, type WorkspaceStands } from './projection.ts';
import { WaitingWorkspaces } from './waiting-workspaces.ts';

export interface ProjectorOptions {
  /** Stays the caller's, as does the cloud: both are closed after the projector has stopped. */
  readonly log: Pick<Log, 'read' | 'markAt' | 'workspaces'>;
  readonly cloud: CloudDatabase;
  readonly schema: Pick<CloudSchema, 'tables'>;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly maxChanges?: number;
  /** Everything of the workspace up to this entry is in the cloud copy. */
  readonly onProjected?: (workspaceId: string, seq: number) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** When another projector is at a workspace, it will have done by then, or failed. */
const TAKEN_PAUSE_MS = 50;

export class Projector {
  readonly #options: ProjectorOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #projection: Projection;
  readonly #counters = new ProjectorCounters();
  readonly #waiting = new WaitingWorkspaces();
  readonly #projected = new Map<string, number>();
  /** Workspaces of which nothing is to be projected, until the relay stores something in them anew. */
  readonly #forgotten = new Set<string>();
  /** What is being done with workspaces right now. */
  #step: Promise<void> = Promise.resolve();
  #running: Promise<void> | undefined;
  #isStopping = false;
  #wake: () => void = () => undefined;
  #pauseMs = 0;

  constructor(options: ProjectorOptions) {
    const { clock = systemClock, logger = silentLogger } = options;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
    this.#projection = new Projection(options);
  }

  /** Never rejects: what fails is logged, and tried again. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** The relay has stored something; the log ends with the entry `head` now. */
  stored(workspaceId: string, head: number): void {
    this.#forgotten.delete(workspaceId);
    this.#waiting.heard(workspaceId, head, this.#clock.uptimeMs());
    this.#wake();
  }

  /**
   * The workspace is about to be deleted, and nobody stores anything in it. When this has resolved, nothing of it is under way
   * any more, and nothing will be. In the cloud copy it stays as it is.
   */
  async forget(workspaceId: string): Promise<void> {
    this.#forgotten.add(workspaceId);
    this.#waiting.forget(workspaceId);
    await this.#step;
    this.#projected.delete(workspaceId);
  }

  /** Undefined where nothing of the workspace is known to be projected. */
  projectedSeq(workspaceId: string): number | undefined {
    return this.#projected.get(workspaceId);
  }

  /** What is under way is finished, or never was. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    await this.#running;
  }

  metrics(): ProjectorFigures {
    const now = this.#clock.uptimeMs();
    const lagMs = now - (this.#waiting.oldestSinceMs() ?? now);
    return { workspacesBehind: this.#waiting.size, lagMs, ...this.#counters.take() };
  }

  async #run(): Promise<void> {
    let isSurveyed = false;
    while (!this.#isStopping) {
      try {
        if (!isSurveyed) await this.#do(() => this.#survey());
        isSurveyed = true;
        const heads = this.#waiting.next(this.#clock.uptimeMs());
        if (heads.size === 0) await this.#rest();
        else await this.#do(() => this.#advance(heads));
        this.#recovered();
      } catch (error) {
        await this.#failed(error);
      }
    }
  }

  async #do(work: () => Promise<void>): Promise<void> {
    const done = work();
    this.#step = done.catch(() => undefined);
    await done;
  }

  /** What was stored while nobody projected. */
  async #survey(): Promise<void> {
    const { log, cloud } = this.#options;
    const cursors = await this.#projection.store.cursors(cloud);
    for (const { workspaceId, head } of await log.workspaces()) {
      if (this.#forgotten.has(workspaceId)) continue;
      const { seq, mark } = cursors.get(workspaceId) ?? { seq: 0, mark: 0 };
      // A log that was restored may end where it ended before, with other entries.
      const isThere = seq === head && (head === 0 || (await log.markAt(workspaceId, head)) === mark);
      if (isThere) this.#reached(workspaceId, seq);
      else this.stored(workspaceId, head);
    }
  }

  async #advance(heads: ReadonlyMap<string, number>): Promise<void> {
    const startedAt = this.#clock.uptimeMs();
    const stands = await this.#advanceSafely(heads);
    let changes = 0;
    for (const [workspaceId, stand] of stands) {
      changes += stand.changes;
      this.#stands(workspaceId, stand);
    }
    this.#counters.stepped(changes, this.#clock.uptimeMs() - startedAt);
    if (stands.size === 0) await this.#sleep(TAKEN_PAUSE_MS);
  }

  #stands(workspaceId: string, { seq, pendingSince }: WorkspaceStand): void {
    if (this.#forgotten.has(workspaceId)) return;
    const nowMs = this.#clock.uptimeMs();
    const ageMs = pendingSince === undefined ? undefined : Math.max(0, this.#clock.now() - pendingSince);
    this.#waiting.stands(workspaceId, seq, { nowMs, ...(ageMs !== undefined && { pendingSinceMs: nowMs - ageMs }) });
    this.#reached(workspaceId, seq);
  }

  /** Should there be a workspace that cannot be projected at all, the others are not kept waiting for it. */
  async #advanceSafely(heads: ReadonlyMap<string, number>): Promise<WorkspaceStands> {
    try {
      return await this.#projection.advance(heads);
    } catch (error) {
      if (isAway(error)) throw error;
      if (heads.size > 1) return await this.#advanceOneByOne(heads);
      for (const workspaceId of heads.keys()) this.#putOff(workspaceId, error);
      return new Map();
    }
  }

  async #advanceOneByOne(heads: ReadonlyMap<string, number>): Promise<WorkspaceStands> {
    const stands = new Map<string, WorkspaceStand>();
    for (const head of heads) {
      if (this.#isStopping) break;
      for (const [workspaceId, stand] of await this.#advanceSafely(new Map([head]))) stands.set(workspaceId, stand);
    }
    return stands;
  }

  #putOff(workspaceId: string, error: unknown): void {
    if (this.#forgotten.has(workspaceId)) return;
    this.#counters.failed();
    if (!this.#waiting.putOff(workspaceId, this.#clock.uptimeMs())) return;
    this.#logger.error({ err: error, workspace: workspaceId }, 'a workspace cannot be projected, and is tried again');
  }

  #reached(workspaceId: string, seq: number): void {
    if (this.#projected.get(workspaceId) === seq) return;
    this.#projected.set(workspaceId, seq);
    if (seq > 0) this.#options.onProjected?.(workspaceId, seq);
  }

  #recovered(): void {
    if (this.#pauseMs > 0) this.#logger.info({}, 'the projector goes on');
    this.#pauseMs = 0;
  }

  async #failed(error: unknown): Promise<void> {
    const isFirst = this.#pauseMs === 0;
    this.#counters.failed();
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, 2 * this.#pauseMs));
    if (isFirst) this.#logger.error({ err: error }, 'the projector cannot go on, and tries again; nothing is lost');
    await this.#sleep(this.#pauseMs);
  }

  /** Until there is news, or somebody who was put off is due. */
  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const dueMs = this.#waiting.nextDueMs();
      const pauseMs = dueMs === undefined ? undefined : Math.max(0, dueMs - this.#clock.uptimeMs());
      const cancel = pauseMs === undefined ? undefined : this.#clock.setTimeout(resolve, pauseMs);
      this.#wake = () => {
        cancel?.();
        resolve();
      };
      if (this.#isStopping) this.#wake();
    });
  }

  /** Not to be woken by news: only by the end. */
  #sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.setTimeout(resolve, durationMs);
      this.#wake = () => {
        if (!this.#isStopping) return;
        cancel();
        resolve();
      };
    });
  }
}
