import { Simulation } from './simulation.ts';

/** Of each kind, in one test run; `pnpm simulate` asks for more. */
// oxlint-disable-next-line node/no-process-env -- a developer asks for more runs, or for one
export const RUNS = Number(process.env['TRIBUTARY_SIMULATIONS'] ?? 150);

export const RUN_TIMEOUT_MS = 30_000;

/** Throws with the seed and the history of the first run that fails; TRIBUTARY_SEED replays it. */
export async function expectAgreement(seed: number, options: { withDisasters: boolean; runs?: number }): Promise<void> {
  for (let offset = 0; offset < (options.runs ?? 1); offset++) {
    const simulation = new Simulation({ seed: seed + offset, withDisasters: options.withDisasters });
    try {
      await simulation.run();
    } finally {
      await simulation.close();
    }
  }
}
