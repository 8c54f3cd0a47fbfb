import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { accessAdvice, accessFaultOf } from './data-access.ts';
import { temporaryDirectory } from './testing/temporary-directory.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

/** What another user is told, who is not root and therefore is not let in everywhere. */
function adviceFor(file: string): string {
  const module = fileURLToPath(new URL('../dist/data-access.js', import.meta.url));
  const script = `import(${JSON.stringify(module)}).then(({ accessAdvice }) => process.stdout.write(accessAdvice(${JSON.stringify(file)})))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
    uid: NOBODY,
    gid: NOBODY,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout;
}

function openDirectory(): string {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o755);
  return directory;
}

test('nothing is said of what can be used, there or not there yet', () => {
  const directory = temporaryDirectory();
  expect(accessFaultOf(path.join(directory, 'log.db'))).toBeUndefined();
  expect(accessFaultOf(path.join(directory, 'deep', 'er', 'log.db'))).toBeUndefined();
  expect(accessAdvice(path.join(directory, 'log.db'))).toBe('');
});

test('a file in the place of the directory is told', () => {
  const file = path.join(temporaryDirectory(), 'data');
  writeFileSync(file, '');
  expect(accessFaultOf(path.join(file, 'log.db'))).toEqual({
    message: `${file} is no directory`,
    remedy: 'name another one with --data',
  });
});

test.skipIf(!isRoot)('of a directory of somebody else it is told whose it is and to whom to give it', () => {
  const data = path.join(openDirectory(), 'data');
  mkdirSync(data, { mode: 0o755 });
  const advice = `: ${data} belongs to user 0, and this process is user 65534:65534, who may not write there`;
  const remedy = `give it to that user: chown -R 65534:65534 ${data}, or run as user 0`;
  expect(adviceFor(path.join(data, 'log.db'))).toBe(`${advice}; ${remedy}`);
});

test.skipIf(!isRoot)('a file of somebody else in a directory of one’s own is told by its name', () => {
  const data = path.join(openDirectory(), 'data');
  mkdirSync(data);
  chmodSync(data, 0o777);
  const file = path.join(data, 'log.db');
  writeFileSync(file, '', { mode: 0o644 });
  expect(adviceFor(file)).toContain(`${file} belongs to user 0`);
});

test.skipIf(!isRoot)('a directory that cannot be made is told with how to make it', () => {
  const missing = path.join(openDirectory(), 'data');
  const advice = adviceFor(path.join(missing, 'log.db'));
  expect(advice).toContain(`${missing} does not exist, and cannot be made in`);
  expect(advice).toContain(`mkdir -p ${missing} && chown 65534:65534 ${missing}`);
});

test.skipIf(isRoot)('a directory that its owner is kept out of is told with its mode', () => {
  const directory = path.join(temporaryDirectory(), 'data');
  mkdirSync(directory, { mode: 0o500 });
  expect(accessFaultOf(path.join(directory, 'log.db'))).toEqual({
    message: `${directory} has the mode 0500, which keeps its owner out`,
    remedy: `chmod u+rwX ${directory}`,
  });
});
