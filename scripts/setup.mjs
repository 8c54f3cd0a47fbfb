/**
 * What every command needs first: a Node that is new enough, the dependencies, the built packages. It asks for nothing
 * but Node and npm, does nothing that is already done, and says in one line what is missing.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprintOfApp } from './app-fingerprint.mjs';
import { runQuietly } from './run-quietly.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** A reason to stop that somebody can act on: it is shown as one line, without a stack. */
export class SetupError extends Error {}

export async function installDependencies() {
  const manifest = readManifest();
  assertNodeVersion(process.versions.node, manifest.engines.node);
  const wanted = fingerprintOfDependencies(manifest);
  if (readIfPresent(stampFile()) === wanted) return;

  console.log('Installing dependencies. The first time this takes a minute or two.');
  await assertPnpmIsAvailable(manifest.packageManager);
  await runStep('install', pnpm(manifest.packageManager, ['install', '--frozen-lockfile', ...UNATTENDED]));
  mkdirSync(path.dirname(stampFile()), { recursive: true });
  writeFileSync(stampFile(), wanted);
}

/** Builds these projects and what they refer to. What is up to date costs a quarter of a second. */
export async function build(projects) {
  await runStep('build', nodeTool('typescript', 'tsc', ['-b', ...projects]));
}

/** Builds the app for browsers, where what goes into it has changed. Returns the directory. */
export async function buildPages() {
  const pages = path.join(root, 'apps', 'web', 'dist');
  const stamp = path.join(path.dirname(stampFile()), 'pages');
  const wanted = fingerprintOfApp();
  if (existsSync(path.join(pages, 'index.html')) && readIfPresent(stamp) === wanted) return pages;
  console.log('Building the app. It takes a few seconds.');
  await runStep('app', { ...nodeTool('vite', 'vite', ['build']), cwd: path.join(root, 'apps', 'web') });
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  return pages;
}

/** Writes a built package, with all that it needs to run, into a directory of its own that does not exist yet. */
export async function deploy(packageName, directory) {
  const { packageManager } = readManifest();
  // Without the setting pnpm links to the other packages here, instead of copying them there.
  const args = ['--filter', packageName, '--config.inject-workspace-packages=true', 'deploy', '--prod', directory];
  await runStep('deploy', pnpm(packageManager, args));
}

/** The command line of a development tool, as a script for this very Node: no shell, and no .cmd on Windows. */
export function nodeTool(packageName, binary, args) {
  const directory = path.join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  const script = typeof bin === 'string' ? bin : bin[binary];
  return { command: process.execPath, args: [path.join(directory, script), ...args], cwd: root };
}

/** Understands what `engines.node` says here: `^20.19.0 || ^22.12.0 || >=24.0.0`. */
export function satisfies(version, range) {
  const actual = parseVersion(version);
  return range.split('||').some((alternative) => {
    const [, operator, least] = /^\s*(\^|>=)\s*([\d.]+)\s*$/.exec(alternative) ?? [];
    if (least === undefined) throw new TypeError(`cannot read the version range ${range}`);
    const wanted = parseVersion(least);
    return compareVersions(actual, wanted) >= 0 && (operator === '>=' || actual[0] === wanted[0]);
  });
}

/** npm by itself tries for more than a minute before it says that there is no network. */
const IMPATIENT = ['--fetch-retries=1', '--fetch-retry-mintimeout=2000'];

/** A failed compilation says hundreds; the last ones say why. */
const SHOWN_LINES = 40;

/** Without these pnpm may stop and ask a question that nobody sees. */
const UNATTENDED = ['--config.confirm-modules-purge=false'];

function readManifest() {
  return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
}

function assertNodeVersion(version, range) {
  if (satisfies(version, range)) return;
  throw new SetupError(`Tributary needs Node ${range}, and this is Node ${version}: https://nodejs.org/en/download`);
}

function fingerprintOfDependencies(manifest) {
  const hash = createHash('sha256').update(manifest.packageManager);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

function stampFile() {
  return path.join(root, 'node_modules', '.tributary', 'installed');
}

function readIfPresent(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

async function assertPnpmIsAvailable(packageManager) {
  const { ok, output } = await runQuietly({ label: 'pnpm', ...pnpm(packageManager, ['--version'], IMPATIENT) });
  if (ok) return;
  const reason = output.split('\n').find((line) => /error|not found|ENOTFOUND|EAI_AGAIN/i.test(line)) ?? 'npx failed';
  throw new SetupError(`cannot fetch ${packageManager} from the npm registry; is the network up? (${reason.trim()})`);
}

/** npm fetches the pinned pnpm, so neither corepack nor a pnpm of one's own is needed. */
function pnpm(packageManager, args, npxOptions = []) {
  // On Windows npx is a .cmd file, which only a shell can start.
  return {
    command: 'npx',
    args: ['-y', ...npxOptions, packageManager, ...args],
    cwd: root,
    shell: process.platform === 'win32',
  };
}

async function runStep(label, command) {
  const { ok, output, logFile } = await runQuietly({ label, ...command, keepLogOfFailure: true });
  if (ok) return;
  const lines = output.trimEnd().split('\n');
  console.error(lines.slice(-SHOWN_LINES).join('\n'));
  throw new SetupError(`${label} failed; all that it said is in ${logFile}`);
}

function parseVersion(version) {
  return version.split('.').map((part) => Number.parseInt(part, 10));
}

function compareVersions(a, b) {
  const difference = a.map((part, index) => part - (b[index] ?? 0)).find((each) => each !== 0);
  return difference ?? 0;
}
