import { seedOfRun } from '@tributary/database/testing';
import { describeEachCloud, type TestCloud } from '@tributary/sync-server/testing';
import { test } from 'vitest';
import { expectAgreement, openSimCloud, runsOn, RUN_TIMEOUT_MS } from './run-simulations.ts';

describeEachCloud(
  'through cut lines, crashes and restarts, replicas and the cloud copy agree, and the journal of conflicts is exact',
  (place: TestCloud) => {
    const cloud = openSimCloud(place);
    const seed = seedOfRun();
    const runs = runsOn(place);

    test(`in ${runs} runs from seed ${seed}`, { timeout: runs * RUN_TIMEOUT_MS }, () =>
      expectAgreement(seed, { withDisasters: false, runs, cloud: cloud() }),
    );

    test.each([
      ['an own entry came back after versions of others had been stepped over, and was taken for somebody else’s', 3],
      ['two conflicts of one cell, in opposite directions, had one id', 8],
      ['one row of the journal was to hold two lost edits, and devices wrote different ones', 19],
      ['a late Hello of a client’s former life made the client another site', 139],
      ['an acknowledgement that was overtaken by the next one was thrown away', 80_004],
      ['what a former life of a row had left behind was taken for an edit', 65],
    ])('where once %s', { timeout: RUN_TIMEOUT_MS }, (_fault, known) =>
      expectAgreement(known, { withDisasters: false, cloud: cloud() }),
    );
  },
);
