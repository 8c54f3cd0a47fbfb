/** Runs a suite on each kind of database that can be had here; where one is missing its tests count as skipped, and say why. */
import { afterAll, describe, onTestFinished, TestRunner, type SuiteFactory } from 'vitest';
import type { CloudDatabase } from '../cloud-database.ts';
import type { CloudPlace, CreatePlace } from './cloud-place.ts';
import { createPglitePlace } from './pglite-places.ts';
import { createPostgresPlace, POSTGRES_FAULT, stopOwnPostgres } from './postgres-places.ts';

export interface TestCloud {
  readonly kind: CloudDatabase['kind'];
  /** An empty database, opened. It goes away with the test, or with the suite when it is opened in `beforeAll`. */
  open(): Promise<CloudDatabase>;
  /** For a test that opens it again. What it has opened is closed for it. */
  create(): Promise<CloudPlace>;
}

export const CLOUD_KINDS: readonly {
  readonly kind: CloudDatabase['kind'];
  readonly createPlace: CreatePlace;
  /** Why it is not tested here; absent for one that is. */
  readonly fault?: string | undefined;
}[] = [
  { kind: 'pglite', createPlace: createPglitePlace },
  { kind: 'postgres', createPlace: createPostgresPlace, fault: POSTGRES_FAULT },
];

export function describeEachCloud(title: string, suite: (cloud: TestCloud) => void): void {
  for (const { kind } of CLOUD_KINDS) describeCloud(kind, title, suite);
}

/** For what only one of them has. */
export function describeCloud(only: CloudDatabase['kind'], title: string, suite: (cloud: TestCloud) => void): void {
  for (const { kind, createPlace, fault } of CLOUD_KINDS) {
    if (kind !== only) continue;
    const body: SuiteFactory = () => {
      const leftovers: (() => Promise<void>)[] = [];
      suite(testCloud(kind, createPlace, leftovers));
      afterAll(async () => {
        for (const remove of leftovers) await remove();
        await stopOwnPostgres();
      });
    };
    if (fault === undefined) describe(`${title} (${kind})`, body);
    else describe.skip(`${title} (${kind}): ${fault}`, body);
  }
}

function testCloud(kind: TestCloud['kind'], createPlace: CreatePlace, leftovers: (() => Promise<void>)[]): TestCloud {
  const create = async (): Promise<CloudPlace> => {
    const place = await createPlace();
    const opened: CloudDatabase[] = [];
    const remove = async (): Promise<void> => {
      await Promise.allSettled(opened.map((database) => database.close()));
      await place.remove();
    };
    if (TestRunner.getCurrentTest() === undefined) leftovers.push(remove);
    else onTestFinished(remove);
    return {
      ...place,
      async open() {
        const database = await place.open();
        opened.push(database);
        return database;
      },
    };
  };
  return { kind, create, open: async () => (await create()).open() };
}
