import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressDirectory } from './compressed-copies.ts';

test('what gains by it gets compressed copies that are the same, and nothing else does', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-copies-'));
  try {
    const text = 'all the same '.repeat(1_000);
    mkdirSync(path.join(directory, 'assets'));
    for (const name of ['picture.png', 'page.html']) writeFileSync(path.join(directory, name), text);
    const manyBlocks = Array.from({ length: 5_000 }, (_, at) => at * at).join();
    writeFileSync(path.join(directory, 'assets/a.js'), manyBlocks);
    writeFileSync(path.join(directory, 'small.css'), 'a{}');
    await compressDirectory(directory);
    const names = readdirSync(directory, { recursive: true }).map(String).sort();
    expect(names).toEqual([
      'assets',
      'assets/a.js',
      'assets/a.js.br',
      'assets/a.js.gz',
      'page.html',
      'page.html.br',
      'page.html.gz',
      'picture.png',
      'small.css',
    ]);
    const read = (name: string) => readFileSync(path.join(directory, name));
    expect(brotliDecompressSync(read('page.html.br')).toString()).toBe(text);
    expect(gunzipSync(read('page.html.gz')).toString()).toBe(text);
    expect(gunzipSync(read('assets/a.js.gz')).toString()).toBe(manyBlocks);
    expect(read('assets/a.js.gz').length).toBeLessThan(gzipSync(manyBlocks, { level: 9 }).length);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
