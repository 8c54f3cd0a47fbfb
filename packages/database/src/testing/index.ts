/** Acceptance suites for the ports of this package, for vitest. */
export { runDriverTests, type DriverTestOptions } from './driver-tests.ts';
export { AVAILABLE_ENGINES, describeEachEngine, ENGINES } from './engines.ts';
