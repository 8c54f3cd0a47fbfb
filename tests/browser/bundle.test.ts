/** What an app's worker has to load before it can open a database: nothing of Node, and not much. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'vite';
import { expect, test } from 'vitest';
import { RESOLVE } from './site.ts';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const MAX_GZIP_BYTES = 84 * 1024;
const ENTRY = 'virtual:entry';

test(`the browser entry reaches nothing of Node, and is at most ${MAX_GZIP_BYTES / 1024} KiB when compressed`, async () => {
  const ofNode: string[] = [];
  const written = await build({
    root: HERE,
    configFile: false,
    logLevel: 'silent',
    resolve: RESOLVE,
    plugins: [entry(`export * from '@tributary/database/browser'`), noteNode(ofNode)],
    build: { write: false, target: 'es2022', rollupOptions: { input: ENTRY, preserveEntrySignatures: 'strict' } },
  });
  const outputs = (Array.isArray(written) ? written : [written]).flatMap((bundle) =>
    'output' in bundle ? bundle.output : [],
  );
  const chunks = outputs.filter((output) => output.type === 'chunk');
  expect(ofNode).toEqual([]);
  expect(chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])).toEqual([]);
  const bytes = chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
  // oxlint-disable-next-line no-console -- the number is worth watching before it is too large
  console.log(`the browser entry: ${(bytes / 1024).toFixed(1)} KiB compressed`);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(MAX_GZIP_BYTES);
});

function entry(code: string): Plugin {
  return {
    name: 'entry',
    enforce: 'pre',
    resolveId: (id) => (id.endsWith(ENTRY) ? path.join(HERE, 'entry.js') : undefined),
    load: (id) => (id.endsWith('entry.js') ? code : undefined),
  };
}

/** vite would quietly put an empty module in the place of one of Node's. */
function noteNode(found: string[]): Plugin {
  return {
    name: 'note-node',
    enforce: 'pre',
    resolveId: (id, importer) => {
      if (/^node:|^better-sqlite3$|^(?:fs|path|crypto|os|buffer|util)$/.test(id)) {
        found.push(`${id} from ${importer ?? 'nowhere'}`);
      }
      return undefined;
    },
  };
}
