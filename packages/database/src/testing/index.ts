/** Acceptance suites for the ports of this package, for vitest. */
export type { DriverTestOptions } from './driver/driver-test-options.ts';
export { runDriverTests } from './driver-tests.ts';
export { AVAILABLE_ENGINES, describeEachEngine, ENGINES } from './engines.ts';
export { ReplicaDisk } from './replica-disk.ts';
export { createSeededRandom, seedOfRun, type SeededRandom } from './seeded-random.ts';
export { testSchema } from './test-schema.ts';
