import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Hono } from 'hono';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { createPages } from './pages.ts';

const SCRIPT = `console.log(${JSON.stringify('x'.repeat(500))})`;

function built(): Hono {
  const directory = temporaryDirectory();
  mkdirSync(path.join(directory, 'assets'));
  writeFileSync(path.join(directory, 'index.html'), '<!doctype html><title>Tributary</title>');
  writeFileSync(path.join(directory, 'sw.js'), 'self');
  writeFileSync(path.join(directory, 'assets', 'main-abc.js'), SCRIPT);
  writeFileSync(path.join(directory, 'assets', 'main-abc.js.gz'), gzipSync(SCRIPT));
  writeFileSync(path.join(directory, 'assets', 'core-abc.wasm'), new Uint8Array([0, 97, 115, 109]));
  writeFileSync(path.join(path.dirname(directory), 'secret.txt'), 'secret');
  return createPages(directory)!;
}

async function get(pages: Hono, url: string, headers: Record<string, string> = {}) {
  const response = await pages.request(url, { headers });
  return { response, cache: response.headers.get('Cache-Control'), type: response.headers.get('Content-Type') };
}

test('the app opens at every address that it may have', async () => {
  const pages = built();
  for (const url of ['/', '/notes', '/notes/0190a8f0?x=1', '/join']) {
    const { response, cache, type } = await get(pages, url);
    expect([response.status, cache, type?.startsWith('text/html')]).toEqual([200, 'no-cache', true]);
    expect(await response.text()).toContain('<title>Tributary</title>');
  }
});

test('what has a hash in its name is kept, and what has none is asked for each time', async () => {
  const pages = built();
  expect((await get(pages, '/assets/main-abc.js')).cache).toContain('immutable');
  expect((await get(pages, '/sw.js')).cache).toBe('no-cache');
  expect((await get(pages, '/assets/core-abc.wasm')).type).toBe('application/wasm');
});

test('what was compressed by the build is sent so to whoever can read it', async () => {
  const pages = built();
  const { response } = await get(pages, '/assets/main-abc.js', { 'Accept-Encoding': 'gzip, deflate' });
  expect(response.headers.get('Content-Encoding')).toBe('gzip');
  expect(gunzipSync(await response.arrayBuffer()).toString()).toBe(SCRIPT);
  const plain = await get(pages, '/assets/main-abc.js');
  expect([plain.response.headers.get('Content-Encoding'), await plain.response.text()]).toEqual([null, SCRIPT]);
});

test('what is no file and no page is missing, and nobody remembers that', async () => {
  const pages = built();
  for (const url of ['/assets/main-old.js', '/robots.txt', '/assets/folder', '/control/2/hello', '/v1']) {
    const { response, cache } = await get(pages, url);
    expect([url, response.status, cache]).toEqual([url, 404, 'no-store']);
  }
});

test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/../../secret.txt', '//secret.txt'])(
  'nothing beside the build can be had: %s',
  async (url) => {
    const { response } = await get(built(), url);
    expect(await response.text()).not.toContain('secret');
  },
);

test('a page may run its own code only, and be in no frame', async () => {
  const policy = (await get(built(), '/')).response.headers.get('Content-Security-Policy');
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).toContain("frame-ancestors 'none'");
});

test('without a build there are no pages', () => {
  expect(createPages(temporaryDirectory())).toBeUndefined();
});
