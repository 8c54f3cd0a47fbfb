/**
 * Reads vitest's JSON report. Its totals alone are not enough: a file that cannot be loaded counts no test at all, and a
 * crash leaves no report.
 */
import { existsSync, readFileSync } from 'node:fs';

/** `{ passed, failed, skipped, skipReasons }`; a run that ended badly has at least one failure. */
export function readTestReport(file, endedWell) {
  const testFiles = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).testResults : [];
  const tests = testFiles.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, file: name })),
  );
  const skipped = tests.filter(({ status }) => SKIPPED.has(status));
  const failed = tests.filter(({ status }) => status === 'failed').length + testFiles.filter(isUnloadable).length;
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failed === 0 && !endedWell ? 1 : failed,
    skipped: skipped.length,
    skipReasons: groupByReason(skipped),
  };
}

const SKIPPED = new Set(['skipped', 'pending', 'todo', 'disabled']);

/** The file itself failed, and none of its tests says so: it could not be loaded, or a hook of it threw. */
function isUnloadable({ status, assertionResults }) {
  return status === 'failed' && assertionResults.every((test) => test.status !== 'failed');
}

/**
 * A suite that is skipped as a whole says why in its title, after a colon: `migrations (native): there is no extension`.
 * One reason usually skips many suites, so they are listed by it.
 */
function groupByReason(tests) {
  const reasons = new Map();
  for (const { file, ancestorTitles, title } of tests) {
    const [suite, ...why] = (ancestorTitles[0] ?? title).split(': ');
    const reason = why.join(': ') || `no reason given in ${file}`;
    const group = reasons.get(reason) ?? { reason, count: 0, suites: new Set() };
    group.count++;
    group.suites.add(suite);
    reasons.set(reason, group);
  }
  return [...reasons.values()];
}
