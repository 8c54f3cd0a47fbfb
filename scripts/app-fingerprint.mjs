/** What goes into the app for browsers, as one word: it is built again when that changes, and only then. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['apps/web', 'packages/database/src', 'packages/sync/src', 'pnpm-lock.yaml'];
const IGNORED = new Set(['node_modules', 'dist']);

/** Contents, not times: a checkout or a copy changes the times of files that it does not change. */
export function fingerprintOfApp() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesOf(path.join(ROOT, source)))) {
    hash.update(path.relative(ROOT, file)).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesOf(place) {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place)
    .filter((name) => !IGNORED.has(name) && !name.includes('.test.'))
    .sort()
    .flatMap((name) => filesOf(path.join(place, name)));
}
