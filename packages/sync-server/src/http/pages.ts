/**
 * The app, as the files that its build has left. Names with a hash are kept by browsers for ever, everything else is asked for
 * each time; a path that is no file is a page of the app, which knows its own addresses.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type Context } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** Where the build puts what has a hash in its name. */
const HASHED = '/assets/';

/** The server's own, which are never the app's. */
const SERVER_PATH = /^\/(?:v1|sync|control|metrics|healthz|readyz)(?:\/|$)/;

const FOREVER = 'public, max-age=31536000, immutable';
const ASK_EACH_TIME = 'no-cache';

/** SQLite is WebAssembly; styles of the editor are made while it runs. Servers that people name may be asked from the page. */
const POLICY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
  workerSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'", 'https:', 'wss:', 'http://localhost:*', 'ws://localhost:*'],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** Undefined where there is no build of the app. */
export function createPages(directory: string): Hono | undefined {
  const start = path.join(directory, 'index.html');
  if (!existsSync(start)) return undefined;
  const pages = new Hono();
  pages.use(
    '*',
    secureHeaders({
      contentSecurityPolicy: POLICY,
      strictTransportSecurity: false,
      crossOriginResourcePolicy: 'same-origin',
    }),
  );
  pages.get('*', async (context, next) => {
    // Before the answer, so that one that is not there is not kept either.
    context.header('Cache-Control', context.req.path.startsWith(HASHED) ? FOREVER : ASK_EACH_TIME);
    await next();
  });
  pages.get('*', serveStatic({ root: directory, precompressed: true }));
  pages.get('*', (context) => (isPage(context) ? context.html(readFileSync(start, 'utf8')) : missing(context)));
  return pages;
}

/** For whoever opens the address of a server that has no app. */
export function createNoPages(): Hono {
  return new Hono().get('/', (context) => context.text('Tributary relay. Clients connect to /sync by WebSocket.\n'));
}

/** An address that somebody opens, as opposed to a file that a page asks for. */
function isPage({ req }: Context): boolean {
  return !req.path.startsWith(HASHED) && !SERVER_PATH.test(req.path) && path.extname(req.path) === '';
}

function missing(context: Context): Response {
  context.header('Cache-Control', 'no-store');
  return context.text('there is no such file\n', 404);
}
