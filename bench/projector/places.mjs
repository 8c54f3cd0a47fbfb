/** Empty databases: of a PostgreSQL that answers, and embedded ones. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrateCloud, openCloud, silentLogger } from '@tributary/sync-server';
import { workspaceCloudSchema } from '@tributary/database/cloud';

export async function placesFor(url) {
  const postgres = (await answers(url)) ? [{ name: 'PostgreSQL', create: () => createDatabase(url) }] : [];
  if (postgres.length === 0) console.log('No PostgreSQL answers: only PGlite is measured. See --url.');
  return [...postgres, { name: 'PGlite', create: createDirectory }];
}

/** Migrated, and gone after `remove`. */
async function createDatabase(url) {
  const name = `tributary_bench_${randomBytes(6).toString('hex')}`;
  await administer(url, `CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = name;
  return {
    url: own.href,
    dataDirectory: mkdtempSync(path.join(tmpdir(), 'tributary-bench-')),
    open: () => openMigrated({ url: own.href, directory: '' }),
    remove: () => administer(url, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function createDirectory() {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-bench-'));
  return {
    url: undefined,
    dataDirectory: directory,
    open: () => openMigrated({ directory }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function openMigrated(options) {
  const cloud = await openCloud({ ...options, logger: silentLogger });
  await migrateCloud(cloud, workspaceCloudSchema.migrations);
  return cloud;
}

async function administer(url, sql) {
  const cloud = await openCloud({ url, directory: '', logger: silentLogger });
  await cloud.execute(sql);
  await cloud.close();
}

async function answers(url) {
  try {
    await administer(url, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}
