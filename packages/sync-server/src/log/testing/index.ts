/** The acceptance suite of the log, for vitest. */
export { runLogTests, type LogStore } from './log-tests.ts';
