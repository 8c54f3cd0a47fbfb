import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { runCommand } from './testing/run-command.ts';

test('each thing is a line, and what to do stands below it', async () => {
  const directory = temporaryDirectory();
  const secret = path.join(directory, 'jwt-secret');
  writeFileSync(secret, 's'.repeat(40));
  chmodSync(secret, 0o640);
  const run = runCommand(['doctor', '--data', directory, '--relay-only', '--port', '0']);
  expect(await run.code).toBe(1);
  expect(run.err).toBe('');
  expect(run.out.replaceAll(directory, '<data>').replaceAll(/[\d.]+ (?:[GT]iB free|on \w+ \w+)/g, '…'))
    .toMatchInlineSnapshot(`
    "ok     Node        …
    ok     data        <data> can be written
    ok     disk        …
    ok     privacy     only its owner can enter the data directory
    WRONG  secret      <data>/jwt-secret has the mode 0640: others who read it can sign tokens
                       → chmod 600 <data>/jwt-secret, and if others may have read it, replace it
    note   log         there is none yet
    note   server      none is running on this data
                       → start it: tributary serve
    ok     port        127.0.0.1:0 is free
    ok     PostgreSQL  none is kept (--relay-only)
    6 ok, 2 to note, 1 wrong
    "
  `);
});

test('the options are those of the server, and what is no option is told', async () => {
  const run = runCommand(['doctor', '--prot', '1', '--url', 'sync.example.org']);
  expect(await run.code).toBe(2);
  expect(run.err).toContain('did you mean --port?');
  expect(run.err).toContain('--url has to be a URL that begins with https:// or http://');
});
