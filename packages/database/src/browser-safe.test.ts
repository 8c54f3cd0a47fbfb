/** What a browser's worker will load must reach nothing of Node, through any of its imports. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SOURCE = fileURLToPath(new URL('.', import.meta.url));
const VALUE_IMPORT = /^(?:import|export)(?! type\b)[^;]*? from '([^']+)';|^import '([^']+)';/gm;

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(VALUE_IMPORT)].map(([, from, bare]) => from ?? bare ?? '');
}

/** Every module reachable from `file`; packages are named, not entered. */
function reachable(file: string, found = new Map<string, string>()): Map<string, string> {
  for (const specifier of importsOf(file)) {
    const target = specifier.startsWith('.') ? path.resolve(path.dirname(file), specifier) : specifier;
    if (found.has(target)) continue;
    found.set(target, path.relative(SOURCE, file));
    if (specifier.startsWith('.')) reachable(target, found);
  }
  return found;
}

test.each([
  'browser.ts',
  'testing/driver-tests.ts',
  'engine/wasm/wasm-driver.ts',
  'replica/replica.ts',
  'changes/change-store.ts',
  'repositories/index.ts',
  'search/index.ts',
  'secrets/index.ts',
  'schema/workspace.ts',
])('%s needs no Node', (entry) => {
  const modules = reachable(path.join(SOURCE, entry));
  expect(modules.size).toBeGreaterThan(3);
  const ofNode = [...modules].filter(([module]) =>
    /^node:|^better-sqlite3$|^drizzle-orm\/better-sqlite3$/.test(module),
  );
  expect(ofNode).toEqual([]);
});
