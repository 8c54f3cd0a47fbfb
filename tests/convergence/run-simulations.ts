import type { CloudDatabase } from '@tributary/sync-server';
import type { TestCloud } from '@tributary/sync-server/testing';
import { beforeAll } from 'vitest';
import { emptyCloud, prepareCloud } from './sim-projector.ts';
import { Simulation } from './simulation.ts';

/** Of each kind, in one test run; `pnpm simulate` asks for more. */
// oxlint-disable-next-line node/no-process-env -- a developer asks for more runs, or for one
const RUNS = Number(process.env['TRIBUTARY_SIMULATIONS'] ?? 20);

export const RUN_TIMEOUT_MS = 30_000;

export interface AgreementOptions {
  readonly withDisasters: boolean;
  readonly runs?: number;
  /** Each run begins with it empty. */
  readonly cloud: CloudDatabase;
}

/** All of them on the embedded one, which differs in nothing that a simulation could see; some on the other. */
export function runsOn({ kind }: TestCloud): number {
  return kind === 'pglite' ? RUNS : Math.ceil(RUNS / 10);
}

/** One for a suite. */
export function openSimCloud(place: TestCloud): () => CloudDatabase {
  let cloud: CloudDatabase | undefined;
  beforeAll(async () => {
    cloud = await place.open();
    await prepareCloud(cloud);
  });
  return () => {
    if (cloud === undefined) throw new TypeError('the cloud is opened before the tests');
    return cloud;
  };
}

/** Throws with the seed and the history of the first run that fails; TRIBUTARY_SEED replays it. */
export async function expectAgreement(seed: number, { runs = 1, ...options }: AgreementOptions): Promise<void> {
  for (let offset = 0; offset < runs; offset++) {
    await emptyCloud(options.cloud);
    const simulation = new Simulation({ seed: seed + offset, ...options });
    try {
      await simulation.run();
    } finally {
      await simulation.close();
    }
  }
}
