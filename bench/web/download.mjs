/** What a first visit downloads, by kind, as the build has left it: `pnpm --filter @tributary/web build` comes first. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../apps/web/dist/', import.meta.url));
const KINDS = { '.wasm': 'engine', '.js': 'scripts', '.css': 'styles', '.html': 'page' };

/** Bytes; what has no compressed copy goes as it is. */
export function measureDownload(ending) {
  const sizes = { engine: 0, scripts: 0, styles: 0, page: 0, total: 0 };
  const names = readdirSync(DIST, { recursive: true });
  for (const name of names) {
    const kind = KINDS[path.extname(name)];
    if (kind === undefined) continue;
    const compressed = names.includes(name + ending) ? name + ending : name;
    const { size } = statSync(path.join(DIST, compressed));
    sizes[kind] += size;
    sizes.total += size;
  }
  return sizes;
}
