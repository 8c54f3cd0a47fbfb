import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { runCommand, untilListening } from './testing/run-command.ts';

describe('tributary serve', () => {
  test('says where it is, answers, and ends in good order when it is asked to', async () => {
    const directory = path.join(temporaryDirectory(), 'data');
    const running = runCommand(['serve', '--relay-only', '--port', '0', '--data', directory]);
    const address = await untilListening(running);
    expect(running.err).toContain(directory);
    expect(running.err).toContain('tributary token --user <id>');
    expect(await (await fetch(`${address}/healthz`)).text()).toBe('ok\n');
    expect(existsSync(path.join(directory, 'jwt-secret'))).toBe(true);
    running.stop();
    expect(await running.code).toBe(0);
    const messages = running.out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toEqual(['listening', 'stopping', 'stopped']);
    await expect(fetch(`${address}/healthz`)).rejects.toThrow();
  });

  test('ends at once when it is asked twice', async () => {
    const running = runCommand([
      'serve',
      '--relay-only',
      '--port',
      '0',
      '--data',
      temporaryDirectory(),
      '--drain-timeout',
      '1h',
    ]);
    const address = await untilListening(running);
    const stubborn = connectTcp(Number(new URL(address).port), '127.0.0.1');
    stubborn.on('error', () => {});
    stubborn.write('GET /healthz HTTP/1.1\r\n');
    await new Promise((resolve) => stubborn.once('ready', resolve));
    await fetch(`${address}/healthz`);
    running.stop();
    running.stop();
    expect(await running.code).toBe(1);
    stubborn.destroy();
  });

  test('makes no secret where tokens are checked otherwise', async () => {
    const directory = temporaryDirectory();
    const running = runCommand([
      'serve',
      '--relay-only',
      '--port',
      '0',
      '--data',
      directory,
      '--jwks-url',
      'https://login.example/keys',
    ]);
    await untilListening(running);
    expect(running.err).toContain('the keys of https://login.example/keys');
    expect(existsSync(path.join(directory, 'jwt-secret'))).toBe(false);
    running.stop();
    expect(await running.code).toBe(0);
  });

  test('tells every fault of its options and does not start', async () => {
    const running = runCommand(['serve', '--prot', '1', '--log-level', 'loud'], { env: { TRIBUTARY_HEARTBEAT: '30' } });
    expect(await running.code).toBe(2);
    expect(running.err.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(4);
  });

  test('says so when the directory or the port is taken', async () => {
    const directory = temporaryDirectory();
    const first = runCommand(['serve', '--relay-only', '--port', '0', '--data', directory]);
    const port = new URL(await untilListening(first)).port;
    const second = runCommand(['serve', '--relay-only', '--port', '0', '--data', directory]);
    expect(await second.code).toBe(1);
    expect(second.err).toContain('is in use by another process');
    const third = runCommand(['serve', '--relay-only', '--port', port, '--data', temporaryDirectory()]);
    expect(await third.code).toBe(1);
    expect(third.err).toContain(`cannot listen on 127.0.0.1:${port}`);
    first.stop();
    await first.code;
  });

  test('warns of a variable that is no option', async () => {
    const running = runCommand(['serve', '--relay-only', '--port', '0', '--data', temporaryDirectory()], {
      env: { TRIBUTARY_PROT: '1' },
    });
    await untilListening(running);
    expect(running.err).toContain('TRIBUTARY_PROT is no option; did you mean TRIBUTARY_PORT?');
    running.stop();
    await running.code;
  });

  test('says in its data directory how commands reach it, to nobody else, and no longer than it runs', async () => {
    const directory = temporaryDirectory();
    const file = path.join(directory, 'control.json');
    const running = runCommand(['serve', '--relay-only', '--port', '0', '--data', directory]);
    const address = await untilListening(running);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, address });
    const written = readFileSync(file, 'utf8');
    const second = runCommand(['serve', '--relay-only', '--port', '0', '--data', directory]);
    expect(await second.code).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(written);
    running.stop();
    await running.code;
    expect(existsSync(file)).toBe(false);
  });
});
