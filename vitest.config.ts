import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The simulations take by far the longest: begun last, one of them would keep all but one core waiting. */
class SimulationsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSimulation = ({ moduleId }: TestSpecification) => moduleId.includes('.sim.');
    return [...sorted.filter(isSimulation), ...sorted.filter((file) => !isSimulation(file))];
  }
}

/** These measure times, or start browsers and many devices, which want the other cores. */
const ALONE = 'tests/{accounts,browser,client,hostile,kill,network,version-skew,web}/**/*.test.ts';

export default defineConfig({
  resolve: { conditions: ['@tributary/source'] },
  ssr: { resolve: { conditions: ['@tributary/source'] } },
  test: {
    testTimeout: 30_000,
    // Opening a database is as much work before a test as in it.
    hookTimeout: 60_000,
    pool: 'forks',
    globalSetup: './vitest.setup.ts',
    sequence: { sequencer: SimulationsFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/{src,build}/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ALONE],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: [ALONE], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
