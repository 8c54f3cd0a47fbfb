import { seedOfRun } from '@tributary/database/testing';
import { describe, test } from 'vitest';
import { expectAgreement, RUN_TIMEOUT_MS, RUNS } from './run-simulations.ts';

describe('through cut lines, crashes and restarts, replicas agree and the journal of conflicts is exact', () => {
  const seed = seedOfRun();

  test(`in ${RUNS} runs from seed ${seed}`, { timeout: RUNS * RUN_TIMEOUT_MS }, () =>
    expectAgreement(seed, { withDisasters: false, runs: RUNS }),
  );

  test.each([
    ['an own entry came back after versions of others had been stepped over, and was taken for somebody else’s', 3],
    ['two conflicts of one cell, in opposite directions, had one id', 8],
    ['one row of the journal was to hold two lost edits, and devices wrote different ones', 19],
    ['a late Hello of a client’s former life made the client another site', 139],
    ['an acknowledgement that was overtaken by the next one was thrown away', 80_004],
    ['what a former life of a row had left behind was taken for an edit', 65],
  ])('where once %s', { timeout: RUN_TIMEOUT_MS }, (_fault, known) => expectAgreement(known, { withDisasters: false }));
});
