import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { Hono } from 'hono';
import { TestBilling } from '../billing/testing/test-billing.ts';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { describeCloud } from '../cloud/testing/index.ts';
import { createControlToken, writeControlFile } from '../control/control-file.ts';
import { ControlHost } from '../control/control-host.ts';
import type { AnyOperation, Workplace } from '../control/operation.ts';
import { givePlan, givePlanWith } from '../control/operations/give-plan.ts';
import { silentLogger } from '../logger.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import type { CommandWorld } from './command.ts';
import { userPlan } from './user-plan.ts';

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(...args: readonly string[]): Promise<Run> {
  const texts = { out: '', err: '' };
  const world: CommandWorld = {
    env: {},
    out: (text) => void (texts.out += text),
    err: (text) => void (texts.err += text),
    flush: () => Promise.resolve(),
    errIsTerminal: false,
    input: {
      isTerminal: false,
      readAll: () => Promise.resolve(''),
      readSecret: () => Promise.resolve(''),
      async *lines() {},
    },
    readFile: () => '',
    onStopRequest: () => () => {},
  };
  return { code: await userPlan.run(args, world), ...texts };
}

/** As a running server would take it, or, without plans, the command by itself. */
async function serve(operation: AnyOperation, cloud: CloudDatabase): Promise<string> {
  const directory = temporaryDirectory();
  const token = createControlToken();
  const host = new ControlHost({ token, operations: [operation], logger: silentLogger, place: { cloud } as Workplace });
  const server = createAdaptorServer({ fetch: new Hono().route('/control', host.app).fetch });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  host.open(address);
  writeControlFile(directory, { pid: process.pid, address, token });
  return directory;
}

describeCloud('pglite', 'tributary user plan', (cloud) => {
  let billing: TestBilling;
  let userId: string;
  let email: string;

  beforeAll(async () => {
    billing = new TestBilling(await cloud.open());
    await TestBilling.migrate(billing.cloud);
    userId = await billing.addUser();
    email = `${userId}@example.com`;
  });

  const planOf = async (): Promise<string> => (await billing.subscriptions.planOf(userId)).plan.name;

  test('gives a plan and takes it back, and whoever is connected is told', async () => {
    const directory = await serve(givePlanWith(billing.subscriptions), billing.cloud);
    expect(await run(email.toUpperCase(), 'team', '--data', directory)).toEqual({
      code: 0,
      out: 'given: Team\n',
      err: '',
    });
    expect(billing.told).toEqual([{ userId }]);
    expect(await planOf()).toBe('team');
    const { out } = await run(email, 'none', '--json', '--data', directory);
    expect(JSON.parse(out)).toEqual({ plan: { name: 'free', label: 'Free' } });
    expect(await planOf()).toBe('free');
  });

  test('says that there is no such plan, or no such account', async () => {
    const directory = await serve(givePlanWith(billing.subscriptions), billing.cloud);
    await expect(run(email, 'gold', '--data', directory)).rejects.toMatchObject({
      code: 'config_invalid',
      message: 'there is no plan gold, only free, team, pro',
    });
    await expect(run('nobody@example.com', 'pro', '--data', directory)).rejects.toMatchObject({
      code: 'config_invalid',
      message: 'there is no account with the e-mail nobody@example.com',
    });
  });

  test('gives a plan that nobody can look up, where no server is running', async () => {
    const directory = await serve(givePlan, billing.cloud);
    const { out } = await run(email, 'pro', '--data', directory);
    expect(out).toBe('given; no server is running that knows the plans\n');
    expect(await planOf()).toBe('pro');
    expect((await run(email, 'none', '--data', directory)).out).toContain('taken back');
    expect(await planOf()).toBe('free');
  });
});

test('needs to know whom and what', async () => {
  expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('<e-mail> is needed') });
  expect(await run('ada@example.com')).toMatchObject({ code: 2, err: expect.stringContaining('<plan> is needed') });
});
