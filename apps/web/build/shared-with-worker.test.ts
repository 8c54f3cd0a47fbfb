import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedWithWorker } from './shared-with-worker.ts';

const root = mkdtempSync(path.join(tmpdir(), 'tributary-shared-'));

const FILES = {
  'index.html': '<script type="module" src="/src/page.ts"></script>',
  'src/page.ts': `
    import { shared } from './shared.ts';
    new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    document.title = 'of the page' + shared();`,
  'src/worker.ts': `
    import { shared } from './shared.ts';
    postMessage('of the worker' + shared());`,
  'src/shared.ts': `export const shared = () => 'of both' + Date.now();`,
};

beforeAll(() => {
  mkdirSync(path.join(root, 'src'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(root, name), text);
});

afterAll(() => rmSync(root, { recursive: true }));

/** The scripts of a build, by name. */
async function builtScripts(): Promise<Map<string, string>> {
  await build({ root, configFile: false, logLevel: 'silent', plugins: [sharedWithWorker('src/worker.ts')] });
  const assets = path.join(root, 'dist', 'assets');
  return new Map(readdirSync(assets).map((name) => [name, readFileSync(path.join(assets, name), 'utf8')]));
}

function namesOfThoseWith(scripts: ReadonlyMap<string, string>, text: string): string[] {
  return [...scripts].filter(([, script]) => script.includes(text)).map(([name]) => name);
}

test('what page and worker share is built once, and the page starts the worker by its name', async () => {
  const scripts = await builtScripts();
  const [shared, ...more] = namesOfThoseWith(scripts, 'of both');
  expect(more).toEqual([]);
  const [page] = namesOfThoseWith(scripts, 'of the page');
  const [worker] = namesOfThoseWith(scripts, 'of the worker');
  expect(new Set([page, worker, shared]).size).toBe(3);
  expect(worker).toMatch(/^worker-/);
  expect(new Set(namesOfThoseWith(scripts, shared!))).toEqual(new Set([page, worker]));
  expect(namesOfThoseWith(scripts, worker!)).toEqual([page]);
});

test('a worker that has changed has another name, and so has its page', async () => {
  const before = await builtScripts();
  writeFileSync(
    path.join(root, 'src', 'worker.ts'),
    FILES['src/worker.ts'].replace('of the worker', 'new in the worker'),
  );
  const after = await builtScripts();
  expect(namesOfThoseWith(after, 'new in the worker')).toHaveLength(1);
  expect(namesOfThoseWith(after, 'of the page')).not.toEqual(namesOfThoseWith(before, 'of the page'));
  expect(namesOfThoseWith(after, 'of both')).toEqual(namesOfThoseWith(before, 'of both'));
});

test('a build in which nothing starts the worker fails', async () => {
  writeFileSync(path.join(root, 'src', 'page.ts'), FILES['src/page.ts'].replace(/'\.\/worker\.ts'/, '"./worker.ts"'));
  await expect(builtScripts()).rejects.toThrow('of src/worker.ts');
});
