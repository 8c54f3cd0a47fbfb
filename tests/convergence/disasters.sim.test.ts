import { seedOfRun } from '@tributary/database/testing';
import { describe, test } from 'vitest';
import { expectAgreement, RUN_TIMEOUT_MS, RUNS } from './run-simulations.ts';

describe('through lost, restored and copied disks, replicas agree and nothing is lost that any disk still holds', () => {
  const seed = seedOfRun();

  test(`in ${RUNS} runs from seed ${seed}`, { timeout: RUNS * RUN_TIMEOUT_MS }, () =>
    expectAgreement(seed, { withDisasters: true, runs: RUNS }),
  );

  test.each([
    ['a line that died silently while connecting was waited for without end', 11],
    ['a log that began anew with the last life of a row was said to lack what its former life had left', 210_548_580],
  ])('where once %s', { timeout: RUN_TIMEOUT_MS }, (_fault, known) => expectAgreement(known, { withDisasters: true }));
});
