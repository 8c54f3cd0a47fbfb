/** The app as it is shipped, built once for all tests and again only when something that goes into it has changed. */
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprintOfApp } from '../../scripts/app-fingerprint.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const APP = path.join(ROOT, 'apps/web');
const VITE = path.join(path.dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');

/** Returns the directory of the build. Several test files may ask for it at once. */
export function buildApp(): string {
  const directory = path.join(tmpdir(), `tributary-web-${fingerprintOfApp().slice(0, 16)}`);
  if (existsSync(directory)) return directory;
  const outDir = `${directory}.${randomUUID()}`;
  // In a process of its own: what is built inside of a test is no production build.
  const { status, stderr } = spawnSync(process.execPath, [VITE, 'build', '--outDir', outDir, '--emptyOutDir'], {
    cwd: APP,
    env: {},
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the app cannot be built: ${stderr}`);
  try {
    renameSync(outDir, directory);
  } catch (error) {
    // Another test file has been faster.
    if (!existsSync(directory)) throw error;
    rmSync(outDir, { recursive: true });
  }
  return directory;
}

/** A copy that the next release of the app can be put into. */
export function copyApp(directory: string, to: string): void {
  cpSync(directory, to, { recursive: true });
}

/** The same app, with another word in its page: browsers take it for a new release. */
export function releaseAgain(directory: string, mark: string): void {
  const page = path.join(directory, 'index.html');
  const html = readFileSync(page, 'utf8').replace('</body>', `<!-- ${mark} --></body>`);
  writeFileSync(page, html);
  const script = path.join(directory, 'sw.js');
  const revision = createHash('md5').update(html).digest('hex');
  const entry = /(url:"index\.html",revision:")[^"]*|(revision:")[^"]*(",url:"index\.html")/;
  const before = readFileSync(script, 'utf8');
  const after = before.replace(
    entry,
    (_, start?: string, other?: string, end = '') => `${start ?? other}${revision}${end}`,
  );
  if (after === before) throw new Error('the service worker does not name index.html');
  writeFileSync(script, after);
  for (const file of [page, script]) for (const end of ['.br', '.gz']) rmSync(file + end, { force: true });
}
