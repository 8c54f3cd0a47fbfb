/**
 * Generates the local migrations from the schema, and the module that carries them into every runtime, browsers too.
 *
 *   pnpm db:generate [name]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { nodeTool, root } from './setup.mjs';

const name = process.argv[2];

const generate = ['generate', '--config', 'drizzle/local.config.ts'];
const named = name ? ['--name', name] : [];
const { command, args, cwd } = nodeTool('drizzle-kit', 'drizzle-kit', generate.concat(named));
const kit = spawnSync(command, args, { cwd, stdio: 'inherit' });
if (kit.status !== 0) process.exit(kit.status ?? 1);

writeFileSync(`${root}packages/database/src/schema/migrations.gen.ts`, migrationsModule());

function migrationsModule() {
  const journal = JSON.parse(readFileSync(`${root}drizzle/local/meta/_journal.json`, 'utf8'));
  const migrations = journal.entries.map(({ tag }) => ({
    tag,
    sql: readFileSync(`${root}drizzle/local/${tag}.sql`, 'utf8'),
  }));
  return [
    '/** Generated from drizzle/local by `pnpm db:generate`. Do not edit. */',
    `import type { Migration } from './replica-schema.ts';`,
    '',
    'export const localMigrations: readonly Migration[] = ' + JSON.stringify(migrations, null, 2) + ';',
    '',
  ].join('\n');
}
