/**
 * Generates the migrations of a replica from its schema, and the module that carries them into every runtime, browsers
 * too. Where nothing has changed, nothing is written.
 *
 *   pnpm db:generate [name]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { nodeTool, root } from './setup.mjs';

const name = process.argv[2];

generate('local');
generate('local-only');
writeFileSync(`${root}packages/database/src/schema/migrations.gen.ts`, migrationsModule());

function generate(set) {
  const args = ['generate', '--config', `drizzle/${set}.config.ts`, ...(name ? ['--name', name] : [])];
  const kit = nodeTool('drizzle-kit', 'drizzle-kit', args);
  const { status } = spawnSync(kit.command, kit.args, { cwd: kit.cwd, stdio: 'inherit' });
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
  const journal = JSON.parse(readFileSync(`${root}drizzle/${set}/meta/_journal.json`, 'utf8'));
  return journal.entries.map(({ tag }) => ({ tag, sql: readFileSync(`${root}drizzle/${set}/${tag}.sql`, 'utf8') }));
}
