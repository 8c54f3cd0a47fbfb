/** The bench's page, bundled from source as the app is, and served as a server of the app would. */
import { createReadStream, existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions } from 'vite';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

export async function openSite() {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-bench-web-'));
  await build({
    root: fileURLToPath(new URL('./page/', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@tributary/source', ...defaultClientConditions] },
    worker: { format: 'es' },
    build: { outDir: directory, emptyOutDir: true, target: 'es2022' },
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    const file = path.join(directory, pathname === '/' ? 'index.html' : path.normalize(pathname));
    const isHashed = pathname.startsWith('/assets/');
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', TYPES[path.extname(file)] ?? 'text/plain');
    response.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${server.address().port}`, close: () => server.close() };
}
