/**
 * Generates the migrations of a replica, of the cloud copy and of accounts from their schemas, and the modules that carry them into
 * every runtime, browsers too. Where nothing has changed, nothing is written.
 *
 *   pnpm db:generate [name]
 *
 * Beside each migration of the last two lies one that undoes it, `<tag>.down.sql`, written by hand. Comments and the like
 * follow from the tables: they come as a migration of their own, with its way back.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { nodeTool, root } from './setup.mjs';

const name = process.argv[2];

generate('local');
generate('local-only');
generate('cloud');
generate('accounts');
writeFileSync(`${root}packages/database/src/schema/migrations.gen.ts`, migrationsModule());

run(nodeTool('typescript', 'tsc', ['-b', 'packages/database']));
const { describedSql, describedAccountsSql } = await import('../packages/database/dist/cloud/described-sql.js');
describe('cloud', describedSql());
describe('accounts', describedAccountsSql());
writeFileSync(`${root}packages/database/src/cloud/migrations.gen.ts`, cloudMigrationsModule());

function generate(set) {
  runKit(['generate', '--config', `drizzle/${set}.config.ts`, ...(name ? ['--name', name] : [])]);
}

function runKit(args) {
  run(nodeTool('drizzle-kit', 'drizzle-kit', args));
}

function run({ command, args, cwd }) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function migrationsModule() {
  return [
    '/** Generated from drizzle/ by `pnpm db:generate`. Do not edit. */',
    `import type { Migration } from './replica-schema.ts';`,
    '',
    `export const workspaceMigrations: readonly Migration[] = ${JSON.stringify(readMigrations('local'), null, 2)};`,
    '',
    `export const localOnlyMigrations: readonly Migration[] = ${JSON.stringify(readMigrations('local-only'), null, 2)};`,
    '',
  ].join('\n');
}

function readMigrations(set) {
  return tagsOf(set).map((tag) => ({ tag, sql: readSql(set, tag) }));
}

/** Writes what follows from the tables into a new migration, unless the last such migration says the same. */
function describe(set, { up, down }) {
  const previous = tagsOf(set).findLast((tag) => tag.endsWith('_described'));
  if (previous !== undefined && readSql(set, previous) === up) return;
  runKit(['generate', '--config', `drizzle/${set}.config.ts`, '--custom', '--name', 'described']);
  const tag = tagsOf(set).at(-1);
  writeFileSync(sqlFile(set, tag), up);
  writeFileSync(sqlFile(set, `${tag}.down`), previous === undefined ? down : readSql(set, previous));
}

function cloudMigrationsModule() {
  return [
    '/** Generated from drizzle/ by `pnpm db:generate`. Do not edit. */',
    `import type { CloudMigration } from './cloud-schema.ts';`,
    '',
    `export const workspaceCloudMigrations: readonly CloudMigration[] = ${JSON.stringify(readReversible('cloud'), null, 2)};`,
    '',
    `export const accountMigrations: readonly CloudMigration[] = ${JSON.stringify(readReversible('accounts'), null, 2)};`,
    '',
  ].join('\n');
}

function readReversible(set) {
  return tagsOf(set).map((tag) => {
    if (!existsSync(sqlFile(set, `${tag}.down`))) {
      console.error(
        `drizzle/${set}/${tag}.down.sql is missing: write there what undoes ${tag}.sql, and run this again.`,
      );
      process.exit(1);
    }
    return { tag, up: readSql(set, tag), down: readSql(set, `${tag}.down`) };
  });
}

function tagsOf(set) {
  return JSON.parse(readFileSync(`${root}drizzle/${set}/meta/_journal.json`, 'utf8')).entries.map(({ tag }) => tag);
}

function readSql(set, tag) {
  return readFileSync(sqlFile(set, tag), 'utf8');
}

function sqlFile(set, tag) {
  return `${root}drizzle/${set}/${tag}.sql`;
}
