/**
 * What the Dockerfile runs to make the image, in two steps because the first is needed seldom:
 *
 *   node scripts/container/image.mjs install              the dependencies, as the lockfile has them
 *   node scripts/container/image.mjs build <directory>    the server and the app, with all that they need to run
 */
import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { build, buildPages, deploy, installDependencies, root, SetupError } from '../setup.mjs';

/** Beside the server in the image. */
const SCRIPTS = ['healthcheck.mjs', 'make-secrets.mjs'];

try {
  const [step, directory] = process.argv.slice(2);
  if (step === 'install') await installDependencies();
  else if (step === 'build' && directory !== undefined) await buildImage(path.resolve(directory));
  else throw new SetupError('usage: node scripts/container/image.mjs install | build <directory>');
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function buildImage(directory) {
  await build(['packages/sync-server']);
  await deploy('@tributary/sync-server', directory);
  const own = ['@tributary/database', '@tributary/sync'].flatMap((name) => installed(directory, name));
  for (const home of [directory, ...own]) dropWhatDevelopersNeed(path.join(home, 'dist'));
  for (const home of installed(directory, 'better-sqlite3')) dropAllButTheBinary(home);
  for (const home of installed(directory, '@vlcn.io/crsqlite')) drop(home, ['rs', 'src']);
  cpSync(await buildPages(), path.join(directory, 'pages'), { recursive: true });
  for (const script of SCRIPTS) {
    copyFileSync(path.join(root, 'scripts', 'container', script), path.join(directory, script));
  }
  symlinkSync('tributary.js', path.join(directory, 'bin', 'tributary'));
}

/** Where a package really lies, for each of its versions; everywhere else are links to it. */
function installed(directory, name) {
  const store = path.join(directory, 'node_modules', '.pnpm');
  const places = readdirSync(store).map((entry) => path.join(store, entry, 'node_modules', name));
  return places.filter((place) => existsSync(place) && lstatSync(place).isDirectory());
}

/** Types, maps to sources that are not there, and what tests are written with. */
function dropWhatDevelopersNeed(dist) {
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    const isUnneeded = entry.isDirectory()
      ? entry.name === 'testing'
      : /\.(?:d\.[mc]?ts|map|tsbuildinfo)$/.test(entry.name);
    if (isUnneeded) drop(entry.parentPath ?? entry.path, [entry.name]);
  }
}

/** A machine that had to compile it has kept ten times as much. */
function dropAllButTheBinary(home) {
  const binary = path.join(home, 'better_sqlite3.node');
  renameSync(path.join(home, 'build', 'Release', 'better_sqlite3.node'), binary);
  drop(home, ['build', 'deps', 'src']);
  mkdirSync(path.join(home, 'build'));
  renameSync(binary, path.join(home, 'build', 'better_sqlite3.node'));
}

function drop(home, names) {
  for (const name of names) rmSync(path.join(home, name), { recursive: true, force: true });
}
