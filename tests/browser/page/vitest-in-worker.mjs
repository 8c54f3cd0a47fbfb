/**
 * What `vitest` is to a test in a worker: vitest's own runner and matchers, without the process around them. The tests of
 * `collect` are run, and told of as plain data.
 */
import * as matchers from '@vitest/expect';
import { startTests } from '@vitest/runner';

export { afterEach, beforeEach, describe, it, onTestFinished, test } from '@vitest/runner';

const { chai } = matchers;
chai.use(matchers.JestExtend);
chai.use(matchers.JestChaiExpect);
chai.use(matchers.JestAsymmetricMatchers);

export const expect = Object.assign((value, message) => {
  matchers.setState({ assertionCalls: matchers.getState(expect).assertionCalls + 1 }, expect);
  return chai.expect(value, message);
}, chai.expect);
Object.assign(expect, globalThis[matchers.ASYMMETRIC_MATCHERS_OBJECT]);
matchers.setState({ assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null }, expect);

/** `[{ name, state, message }]`, with the names of the suites around a test in its own. */
export async function runTests(collect) {
  const [file] = await startTests(['worker'], { config: CONFIG, importFile: collect });
  const failures = file.result?.errors ?? [];
  const ofFile = failures.length === 0 ? [] : [{ name: ['loading the tests'], state: 'fail', ...told(failures) }];
  return [...ofFile, ...listTests(file, [])];
}

const CONFIG = {
  root: '/',
  setupFiles: [],
  sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
  maxConcurrency: 1,
  testTimeout: 20_000,
  hookTimeout: 20_000,
  retry: 0,
  tags: [],
  strictTags: false,
};

function listTests(suite, names) {
  return suite.tasks.flatMap((task) => {
    const name = [...names, task.name];
    if (task.type === 'suite') return listTests(task, name);
    return [{ name, state: task.result?.state ?? task.mode, ...told(task.result?.errors ?? []) }];
  });
}

function told(errors) {
  return { message: errors.map(({ message, stack }) => `${message}\n${stack}`).join('\n\n') };
}
