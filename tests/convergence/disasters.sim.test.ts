import { seedOfRun } from '@tributary/database/testing';
import { describeEachCloud, type TestCloud } from '@tributary/sync-server/testing';
import { test } from 'vitest';
import { expectAgreement, openSimCloud, runsOn, RUN_TIMEOUT_MS } from './run-simulations.ts';

describeEachCloud(
  'through lost, restored and copied disks, replicas and the cloud copy agree, and nothing is lost that any disk still holds',
  (place: TestCloud) => {
    const cloud = openSimCloud(place);
    const seed = seedOfRun();
    const runs = runsOn(place);

    test(`in ${runs} runs from seed ${seed}`, { timeout: runs * RUN_TIMEOUT_MS }, () =>
      expectAgreement(seed, { withDisasters: true, runs, cloud: cloud() }),
    );

    test.each([
      ['a line that died silently while connecting was waited for without end', 11],
      ['an edit that only PostgreSQL still had was taken for a fault of the projector', 337_123_747],
      ['a log that began anew with the last life of a row was said to lack what its former life had left', 210_548_580],
    ])('where once %s', { timeout: RUN_TIMEOUT_MS }, (_fault, known) =>
      expectAgreement(known, { withDisasters: true, cloud: cloud() }),
    );
  },
);
