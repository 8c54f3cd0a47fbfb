import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { CloudError } from '../cloud/cloud-error.ts';
import { ServerError } from '../errors.ts';
import { silentLogger } from '../logger.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { ControlClient } from './control-client.ts';
import { createControlToken, writeControlFile } from './control-file.ts';
import { ControlHost } from './control-host.ts';
import type { AnyOperation, Operation, OperationCall, Workplace } from './operation.ts';

interface Counting {
  readonly host: ControlHost;
  readonly client: ControlClient;
}

function operation<Event = number>(
  name: string,
  run: (input: { to: number }, call: OperationCall<Event>) => Promise<string>,
  isExclusive = false,
): Operation<{ to: number }, Event, string> {
  return { name, input: z.object({ to: z.number() }), needsLog: false, isExclusive, run };
}

async function listen(...operations: AnyOperation[]): Promise<Counting> {
  const token = createControlToken();
  const host = new ControlHost({ token, operations, logger: silentLogger, place: {} as Workplace });
  const app = new Hono().route('/control', host.app);
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  host.open(address);
  const directory = temporaryDirectory();
  writeControlFile(directory, { pid: process.pid, address, token });
  const client = await ControlClient.find(directory);
  if (client === undefined) throw new Error('the host was not found');
  return { host, client };
}

const count = operation('count', async ({ to }, { emit }) => {
  for (let number = 1; number <= to; number++) await emit(number);
  return 'counted';
});

const ignore = () => {};

test('gives events in their order, and then the result', async () => {
  const { client } = await listen(count);
  const events: number[] = [];
  expect(await client.call(count, { to: 2_000 }, (event) => void events.push(event))).toBe('counted');
  expect(events).toEqual(Array.from({ length: 2_000 }, (_, index) => index + 1));
});

test('an error comes out as the one that went in', async () => {
  const fault = { sqlState: '42P01', message: 'no such table', hint: 'look again', position: 7 };
  const refused = operation('refused', () => Promise.reject(new CloudError('cloud_refused', fault.message, { fault })));
  const running = operation('running', () => Promise.reject(new ServerError('server_running', 'stop it')));
  const broken = operation('broken', () => Promise.reject(new TypeError('a bug')));
  const { client } = await listen(refused, running, broken);
  const error: unknown = await client.call(refused, { to: 1 }, ignore).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CloudError);
  expect(error).toMatchObject({ code: 'cloud_refused', ...fault });
  await expect(client.call(running, { to: 1 }, ignore)).rejects.toMatchObject({ code: 'server_running' });
  await expect(client.call(broken, { to: 1 }, ignore)).rejects.toMatchObject({
    code: 'server_lost',
    message: 'the server failed at it: a bug',
  });
});

test('refuses input that is none, and operations that it does not know', async () => {
  const { client } = await listen(count);
  await expect(client.call(count, { to: 'many' } as unknown as { to: number }, ignore)).rejects.toThrow('failed at it');
  const newer = operation('newer', () => Promise.resolve(''));
  await expect(client.call(newer, { to: 1 }, ignore)).rejects.toThrow('is it of another version?');
});

test('waits for one who reads slowly, and holds next to nothing for them', async () => {
  // So much that what the kernel holds of it does not count.
  const kilobyte = 'x'.repeat(1_000);
  let emitted = 0;
  const flood = operation<string>('flood', async (_input, { emit }) => {
    for (; emitted < 100_000; emitted++) await emit(kilobyte);
    return 'all';
  });
  const { client } = await listen(flood);
  await expect(
    client.call(flood, { to: 1 }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(emitted).toBeLessThan(30_000);
      throw new Error('seen enough');
    }),
  ).rejects.toThrow('seen enough');
});

describe('operations that cannot be side by side', () => {
  test('run one after the other', async () => {
    const seen: string[] = [];
    const slow = operation(
      'slow',
      async ({ to }) => {
        seen.push(`begin ${to}`);
        await new Promise((resolve) => setTimeout(resolve, 30));
        seen.push(`end ${to}`);
        return '';
      },
      true,
    );
    const { client } = await listen(slow);
    await Promise.all([client.call(slow, { to: 1 }, ignore), client.call(slow, { to: 2 }, ignore)]);
    expect(seen[1]).toBe(seen[0]?.replace('begin', 'end'));
    expect(seen).toHaveLength(4);
  });
});

test('stopping ends what is being done at its next step, and waits for it', async () => {
  let ended = false;
  const endless = operation('endless', async (_input, { emit }) => {
    try {
      for (;;) {
        await emit(1);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    } finally {
      ended = true;
    }
  });
  const { client, host } = await listen(endless);
  let wasSeen = () => {};
  const seen = new Promise<void>((resolve) => (wasSeen = resolve));
  const call = client.call(endless, { to: 1 }, () => wasSeen());
  const ending = call.catch((error: unknown) => error);
  await seen;
  await host.stop();
  expect(ended).toBe(true);
  expect(await ending).toBeInstanceOf(Error);
});

describe('the file of a server that is gone', () => {
  test('is as none where nothing listens', async () => {
    const directory = temporaryDirectory();
    writeControlFile(directory, { pid: 1, address: 'http://127.0.0.1:1', token: createControlToken() });
    expect(await ControlClient.find(directory)).toBeUndefined();
  });

  test('is as none where another program has its port by now', async () => {
    const other = createServer((_request, response) => response.end('{"pid":99}'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const directory = temporaryDirectory();
    const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    writeControlFile(directory, { pid: 1, address, token: createControlToken() });
    expect(await ControlClient.find(directory)).toBeUndefined();
  });
});
