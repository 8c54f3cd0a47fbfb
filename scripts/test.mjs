/**
 * `npm test`: every check there is, the same here as in continuous integration. Each check is one line; what a failed one
 * said follows it, and the others still run. The last line counts the tests, plus one for each other check.
 *
 *   npm test -- changes --watch   only vitest, with these arguments
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runQuietly } from './run-quietly.mjs';
import { installDependencies, nodeTool, root, SetupError } from './setup.mjs';
import { readTestReport } from './test-report.mjs';

/** vitest cannot interrupt a test that never gives back control; without a limit one would hang everything. */
const TIME_LIMIT_MS = 26 * 60_000;

const totals = { passed: 0, failed: 0, skipped: 0 };
const skipReasons = [];
const reportDirectory = mkdtempSync(path.join(tmpdir(), 'tributary-tests-'));

try {
  await runEverything(process.argv.slice(2));
} finally {
  rmSync(reportDirectory, { recursive: true, force: true });
}
announceSkipped();
console.log(lastLine());
process.exitCode = totals.failed === 0 ? 0 : 1;

async function runEverything(vitestArguments) {
  try {
    await installDependencies();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    totals.failed++;
    return;
  }
  if (vitestArguments.length > 0) {
    runVitestInTheOpen(vitestArguments);
    return;
  }
  await check('format', nodeTool('prettier', 'prettier', ['--check', '--log-level', 'warn', '.']));
  await check('lint', nodeTool('oxlint', 'oxlint', ['--type-aware', '--deny-warnings']));
  await check('types', nodeTool('typescript', 'tsc', ['-b']));
  await check('docs', nodeScript('check-docs.mjs'));
  await runVitest();
}

async function check(label, command) {
  const result = await runQuietly({ label, ...command });
  totals[result.ok ? 'passed' : 'failed']++;
  printResult(label, result);
}

async function runVitest() {
  const reportFile = path.join(reportDirectory, 'report.json');
  const command = vitest(reportFile, ['run', '--reporter=default', '--silent=passed-only']);
  const result = await runQuietly({ label: 'tests', ...command, timeLimitMs: TIME_LIMIT_MS });
  const report = takeReport(reportFile, result.ok);
  printResult('tests', { ...result, ok: report.failed === 0 }, `, ${report.passed} passed`);
}

function runVitestInTheOpen(vitestArguments) {
  const reportFile = path.join(reportDirectory, 'report.json');
  const { command, args } = vitest(reportFile, ['--reporter=default', ...vitestArguments]);
  const mode = vitestArguments.includes('--watch') ? [] : ['--run'];
  const { status } = spawnSync(command, [...args, ...mode], { cwd: root, stdio: 'inherit' });
  takeReport(reportFile, status === 0);
}

function vitest(reportFile, args) {
  return nodeTool('vitest', 'vitest', [...args, '--reporter=json', `--outputFile.json=${reportFile}`]);
}

function takeReport(reportFile, ok) {
  const report = readTestReport(reportFile, ok);
  for (const kind of Object.keys(totals)) totals[kind] += report[kind];
  skipReasons.push(...report.skipReasons);
  return report;
}

function nodeScript(name) {
  return { command: process.execPath, args: [path.join(root, 'scripts', name)], cwd: root };
}

function printResult(label, { ok, output, seconds }, detail = '') {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${label.padEnd(7)} ${seconds.toFixed(1)} s${detail}`);
  if (!ok) console.log(indent(output.trimEnd()));
}

function indent(text) {
  return text
    .split('\n')
    .map((line) => `     ${line}`.trimEnd())
    .join('\n');
}

/** A skipped test proves nothing, so it is never passed over in silence. */
function announceSkipped() {
  if (skipReasons.length === 0) return;
  console.log('\nSKIPPED, and therefore not proved here:');
  for (const { reason, count, suites } of skipReasons) {
    console.log(`  ${count} tests: ${reason}`);
    console.log(`    ${[...suites].join(', ')}`);
  }
  if (skipReasons.some(({ reason }) => reason.includes('native engine'))) {
    console.log('  README.md says how to switch the native engine on.');
  }
}

function lastLine() {
  const { passed, failed, skipped } = totals;
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
