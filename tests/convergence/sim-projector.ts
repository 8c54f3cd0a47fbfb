/**
 * The projector in the simulation: its real steps on a real PostgreSQL, which are made to fail before any statement, or after
 * the commit, and to run two at a time. Whatever was done to it, at the end the tables hold what the replicas hold.
 */
import type { Replica } from '@tributary/database';
import type { Change } from '@tributary/database/changes';
import type { SeededRandom } from '@tributary/database/testing';
import {
  CloudError,
  migrateCloud,
  Projection,
  rebuildProjection,
  type CloudDatabase,
  type ProjectionOptions,
} from '@tributary/sync-server';
import { decodeStoredRow } from '@tributary/sync-server/testing';
import { fold, UNKNOWN_ROW } from '@tributary/sync/merge';
import { decodeBatch } from '@tributary/sync/protocol';
import { cloudDifference, replicatedRows } from './cloud-difference.ts';
import { FailingCloud } from './failing-cloud.ts';
import { SIM_CLOUD_TABLES, simCloudSchema } from './sim-cloud-schema.mjs';
import { rowKey, WORKSPACE, type SimRelay } from './sim-relay.ts';

export async function prepareCloud(cloud: CloudDatabase): Promise<void> {
  await migrateCloud(cloud, simCloudSchema.migrations);
}

/** As if nothing had ever been projected. */
export async function emptyCloud(cloud: CloudDatabase): Promise<void> {
  const tables = [
    ...SIM_CLOUD_TABLES.map(({ name }) => `app.${name}`),
    'sync.row_clocks',
    'sync.cursors',
    'sync.quarantine',
  ];
  await cloud.execute(`TRUNCATE ${[...tables, 'sync.counted_runs', 'billing.usage_days'].join(', ')}`);
}

export class SimProjector {
  readonly #cloud: CloudDatabase;
  readonly #random: SeededRandom;
  readonly #relay: SimRelay;

  constructor(cloud: CloudDatabase, relay: SimRelay, random: SeededRandom) {
    this.#cloud = cloud;
    this.#relay = relay;
    this.#random = random;
  }

  /** A part of what there is to project, and something that goes wrong with it. */
  async step(): Promise<void> {
    const head = (await this.#relay.entries()).length;
    const heads = new Map([[WORKSPACE, head]]);
    if (this.#random.chance(0.4)) {
      await this.#projection().advance(heads);
    } else if (this.#random.chance(0.3)) {
      await Promise.all([this.#projection().advance(heads), this.#projection().advance(heads)]);
    } else {
      const failing = new FailingCloud(this.#cloud, this.#random.below(16));
      await this.#projection({ cloud: failing })
        .advance(heads)
        .catch((error: unknown) => {
          if (!(error instanceof CloudError)) throw error;
        });
    }
  }

  /** Undefined where the tables are as the replica, and the log is counted as it is. */
  async fault(replica: Replica, { isLogWhole }: { readonly isLogWhole: boolean }): Promise<string | undefined> {
    const entries = await this.#relay.entries();
    for (let seq = -1; seq < entries.length;) {
      const stands = await this.#projection({ maxChanges: 1_000 }).advance(new Map([[WORKSPACE, entries.length]]));
      const reached = stands.get(WORKSPACE)?.seq ?? 0;
      if (reached === seq) return `the projector stays at ${seq} of ${entries.length}`;
      seq = reached;
    }
    const difference = await cloudDifference(this.#cloud, WORKSPACE, replicatedRows(replica));
    if (isLogWhole) return difference ?? this.#usageFault(entries);
    return difference && this.#faultOfSurvivors(replica);
  }

  /**
   * Where the log and every device lost an edit, the cloud copy may be the last that has it, and keeps it. It must have all
   * that the others have beside it, and be as they are once it is rebuilt from the log without what that lacks.
   */
  async #faultOfSurvivors(replica: Replica): Promise<string | undefined> {
    const lacking = await this.#lackingChange(replica);
    if (lacking !== undefined) return `the cloud copy lacks an edit of ${lacking.table}.${lacking.cid}`;
    const log = { ...this.#log(), workspaces: () => this.#relay.log.workspaces() };
    await rebuildProjection({ log, cloud: this.#cloud, schema: simCloudSchema, prune: true });
    return cloudDifference(this.#cloud, WORKSPACE, replicatedRows(replica));
  }

  async #lackingChange(replica: Replica): Promise<Change | undefined> {
    const rows = await this.#cloud.query<{ table_name: string; row_key: Uint8Array; state: Uint8Array }>(
      'SELECT table_name, row_key, state FROM sync.row_clocks',
    );
    const states = new Map(
      rows.map(({ table_name: table, row_key: pk, state }) => [rowKey({ table, pk }), decodeStoredRow(state).state]),
    );
    const { changes } = replica.allChanges({ after: 0, maxCells: 1e6 });
    return changes.find((change) => {
      const state = states.get(rowKey(change)) ?? UNKNOWN_ROW;
      return change.colVersion > 0 && fold(state, change) !== state;
    });
  }

  async #usageFault(entries: Awaited<ReturnType<SimRelay['entries']>>): Promise<string | undefined> {
    let [changes, bytes] = [0, 0];
    for (const { payload, siteId } of entries) {
      changes += decodeBatch(payload, siteId).changes.length;
      bytes += payload.length;
    }
    const [counted] = await this.#cloud.query<{ said: string }>(
      `SELECT concat(coalesce(sum(entries), 0), ' entries, ', coalesce(sum(changes), 0), ' changes, ',
                     coalesce(sum(bytes), 0), ' bytes') AS said FROM billing.usage_days`,
    );
    const actual = `${entries.length} entries, ${changes} changes, ${bytes} bytes`;
    return counted?.said === actual ? undefined : `counted were ${counted?.said}, and the log has ${actual}`;
  }

  #projection({
    cloud = this.#cloud,
    maxChanges = this.#random.pick([1, 7, 50, 5_000]),
  }: Partial<Pick<ProjectionOptions, 'cloud' | 'maxChanges'>> = {}): Projection {
    return new Projection({ log: this.#log(), cloud, schema: simCloudSchema, maxChanges });
  }

  #log(): ProjectionOptions['log'] {
    return {
      read: async (workspaceId: string, range: Parameters<SimRelay['log']['read']>[1]) => {
        await this.#relay.log.openWorkspace(workspaceId);
        return this.#relay.log.read(workspaceId, range);
      },
      markAt: async (workspaceId: string, seq: number) => {
        await this.#relay.log.openWorkspace(workspaceId);
        return this.#relay.log.markAt(workspaceId, seq);
      },
    };
  }
}
