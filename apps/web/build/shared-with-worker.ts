/**
 * Builds the worker together with the page. Vite by itself builds it apart, and what both of them need, above all drizzle and
 * the schema, would be downloaded twice. Here it becomes a chunk that both import.
 */
import path from 'node:path';
import { normalizePath, type Plugin } from 'vite';

/** As pages start a worker: only this form is known to Vite, too. */
const WORKER_URL = /(?<=new Worker\(\s*)new URL\('(.+?)', import\.meta\.url\)/g;

const PLACEHOLDER = '__URL_OF_THE_WORKER__';

/** `source` is the worker's, from the root of the app. */
export function sharedWithWorker(source: string): Plugin {
  let worker = '';
  let isStarted = false;
  return {
    name: 'shared-with-worker',
    apply: 'build',
    // Before Vite finds the worker.
    enforce: 'pre',
    configResolved: ({ root }) => {
      worker = normalizePath(path.resolve(root, source));
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: worker });
    },
    transform: (code, id) => {
      const changed = code.replace(WORKER_URL, (url, target: string) =>
        normalizePath(path.resolve(path.dirname(id), target)) === worker ? PLACEHOLDER : url,
      );
      if (changed === code) return null;
      isStarted = true;
      return changed;
    },
    renderStart() {
      // Otherwise Vite has built it apart after all, and it would be downloaded twice.
      if (!isStarted) throw new Error(`no page has new Worker(new URL('…', import.meta.url)) of ${source}`);
    },
    // Only now it has a name. The hash in it counts for the name of the page's chunk, too.
    renderChunk: (code, { fileName }, _options, { chunks }) => {
      if (!code.includes(PLACEHOLDER)) return null;
      const chunk = Object.values(chunks).find(({ facadeModuleId }) => facadeModuleId === worker);
      if (chunk === undefined) throw new Error(`${source} has not become a chunk`);
      const address = path.posix.relative(path.posix.dirname(fileName), chunk.fileName);
      return { code: code.replaceAll(PLACEHOLDER, `new URL('${address}', import.meta.url)`) };
    },
  };
}
