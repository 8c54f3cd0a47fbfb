/**
 * Empty directories of PGlite without the seconds that making one takes: one is made on this machine and kept, and every
 * test gets a copy of it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants, existsSync, mkdirSync, renameSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ServerError } from '../../errors.ts';
import { silentLogger } from '../../logger.ts';
import { lockDirectory } from '../pglite/directory-lock.ts';
import { openPgliteCloud } from '../pglite/pglite-cloud.ts';
import { prepareDirectory } from '../pglite/prepare-directory.ts';
import type { CreatePlace } from './cloud-place.ts';

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/tributary', import.meta.url));
/** Whoever makes it at the same time needs some seconds. */
const RETRY_MS = 200;

export const createPglitePlace: CreatePlace = async () => {
  const parent = path.join(tmpdir(), `tributary-pglite-${randomBytes(6).toString('hex')}`);
  const directory = path.join(parent, 'postgres');
  await cp(await templateDirectory(), directory, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return {
    directory,
    open: () => openPgliteCloud({ directory, logger: silentLogger }),
    remove: () => rm(parent, { recursive: true, force: true }),
  };
};

/** Made once for a version of PGlite, by whichever process comes first. */
export async function templateDirectory(cache = cacheDirectory()): Promise<string> {
  const pglite = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const template = path.join(cache, `pglite-${createHash('sha256').update(pglite).digest('hex').slice(0, 12)}`);
  while (!existsSync(template)) {
    try {
      const lock = lockDirectory(template);
      try {
        // Whoever had the lock may have made it.
        if (!existsSync(template)) await makeTemplate(template);
      } finally {
        lock.release();
      }
    } catch (error) {
      if (!(error instanceof ServerError) || error.code !== 'data_in_use') throw error;
      await sleep(RETRY_MS);
    }
  }
  return template;
}

/** Without the databases that CREATE DATABASE copies: they are two thirds of the files, and nobody makes one. */
async function makeTemplate(template: string): Promise<void> {
  const draft = `${template}.draft`;
  await prepareDirectory(draft);
  const database = await openPgliteCloud({ directory: draft, logger: silentLogger });
  await database.execute('UPDATE pg_database SET datistemplate = false');
  await database.query('DROP DATABASE IF EXISTS template0');
  await database.query('DROP DATABASE IF EXISTS template1');
  await database.close();
  renameSync(draft, template);
}

function cacheDirectory(): string {
  try {
    mkdirSync(CACHE, { recursive: true });
    return CACHE;
  } catch {
    return path.join(tmpdir(), 'tributary-cache');
  }
}
