/**
 * The directory of the embedded PostgreSQL, made at the first start. It is made beside its place and moved there when it is
 * complete, so that where it is there is all of it; what a killed process has left beside it is removed.
 */
import { fork } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ServerError } from '../../errors.ts';
import { compiledFile } from './worker-file.ts';

/** The PostgreSQL in PGlite: another cannot read its files. */
const MAJOR_VERSION = '18';
const UNFINISHED = '.unfinished-';

/** The caller has the lock of the directory. */
export async function prepareDirectory(directory: string): Promise<void> {
  const parent = path.dirname(directory);
  removeUnfinished(directory);
  if (isDatabase(directory)) return;
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const unfinished = `${directory}${UNFINISHED}${process.pid}`;
  try {
    await runInitdb(unfinished);
    // Anybody's accounts: initdb lets the group in.
    chmodSync(unfinished, 0o700);
    if (existsSync(directory)) rmdirSync(directory);
    renameSync(unfinished, directory);
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new ServerError('data_unusable', `cannot make the database in ${directory}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function isDatabase(directory: string): boolean {
  if (!existsSync(directory) || readdirSync(directory).length === 0) return false;
  const versionFile = path.join(directory, 'PG_VERSION');
  if (!existsSync(versionFile)) {
    throw new ServerError('data_unusable', `${directory} is not empty, and no database: move it away`);
  }
  const version = readFileSync(versionFile, 'utf8').trim();
  if (version === MAJOR_VERSION) return true;
  const code = Number(version) > Number(MAJOR_VERSION) ? 'data_too_new' : 'data_unusable';
  throw new ServerError(code, `${directory} is of PostgreSQL ${version}, and this version has ${MAJOR_VERSION}`);
}

function removeUnfinished(directory: string): void {
  const parent = path.dirname(directory);
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(path.basename(directory) + UNFINISHED)) continue;
    rmSync(path.join(parent, name), { recursive: true, force: true });
  }
}

/** In a process that ends, because the memory it takes is never given back. */
function runInitdb(directory: string): Promise<void> {
  const child = fork(compiledFile('initdb.js'), [directory], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new ServerError('data_unusable', `initdb ended with ${signal ?? code}: ${complaint}`));
    });
  });
}
