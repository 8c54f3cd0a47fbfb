/** Acceptance suites for the ports of this package, for vitest. */
export { runDriverTests, type DriverTestOptions } from './driver-tests.ts';
export { AVAILABLE_ENGINES, describeEachEngine, ENGINES } from './engines.ts';
export { ReplicaDisk } from './replica-disk.ts';
export { createSeededRandom, seedOfRun, type SeededRandom } from './seeded-random.ts';
export { testSchema } from './test-schema.ts';
