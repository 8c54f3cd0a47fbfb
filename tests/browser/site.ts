/** Bundles ./page as an app would be, and serves it: each test file has an origin, and so a storage, of its own. */
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions } from 'vite';

export interface Site {
  readonly port: number;
  /** `http://localhost:<port>`, which browsers trust like https. */
  readonly url: string;
  close(): void;
}

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

export async function openSite(): Promise<Site> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-site-'));
  await bundle(directory);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const file = path.join(directory, path.normalize(pathname));
    const type = TYPES[path.extname(file)];
    if (type === undefined || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', type);
    // A sandboxed page has no origin, so even its own script is another's.
    response.setHeader('access-control-allow-origin', '*');
    if (pathname === '/sandboxed.html') response.setHeader('content-security-policy', 'sandbox allow-scripts');
    createReadStream(file).pipe(response);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  return {
    port,
    url: `http://localhost:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** How the tests' pages, and whatever else of this repository runs in a browser, are resolved from source. */
export const RESOLVE = { conditions: ['@tributary/source', ...defaultClientConditions] };

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** vitest's own parts, which it does not export under names of its own. */
const vitestParts = createRequire(createRequire(import.meta.url).resolve('vitest'));

async function bundle(outDir: string): Promise<void> {
  const pages = ['index.html', 'sandboxed.html', 'tabs.html'];
  await build({
    root: PAGE,
    configFile: false,
    logLevel: 'error',
    resolve: {
      ...RESOLVE,
      alias: {
        '@vitest/expect': vitestParts.resolve('@vitest/expect'),
        '@vitest/runner': vitestParts.resolve('@vitest/runner'),
        vitest: path.join(PAGE, 'vitest-in-worker.mjs'),
      },
    },
    worker: { format: 'es' },
    build: {
      outDir,
      target: 'es2022',
      minify: false,
      rollupOptions: { input: pages.map((page) => path.join(PAGE, page)) },
    },
  });
}
