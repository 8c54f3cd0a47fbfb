import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { runCommand, untilListening, type CommandRun } from './testing/run-command.ts';

const PASSWORD = 'correct horse battery';
const TIMEOUT_MS = 60_000;

/** Of one data directory: first where no server is running, then in the running one. */
describe('commands about accounts', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-accounts-'));
  let server: CommandRun | undefined;

  beforeAll(async () => {
    await serve();
    await stop();
  }, TIMEOUT_MS);

  afterAll(async () => {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  }, TIMEOUT_MS);

  async function serve(): Promise<void> {
    server = runCommand(['serve', '--port', '0', '--data', directory]);
    await untilListening(server);
  }

  async function stop(): Promise<void> {
    server?.stop();
    await server?.code;
    server = undefined;
  }

  async function run(args: readonly string[], input: string | readonly string[] = '') {
    const command = runCommand([...args, '--data', directory], { input });
    return { code: await command.code, out: command.out, err: command.err };
  }

  async function jsonOf(args: readonly string[]) {
    const { code, out, err } = await run([...args, '--json']);
    expect([code, err]).toEqual([0, '']);
    return JSON.parse(out);
  }

  test('are done here where no server is running', { timeout: TIMEOUT_MS }, async () => {
    expect((await run(['user', 'add', 'local@example.com'], `${PASSWORD}\n`)).code).toBe(0);
    const [user] = await jsonOf(['user', 'list']);
    expect(user).toMatchObject({ email: 'local@example.com', hasPassword: true });
    expect((await run(['user', 'delete', 'local@example.com', '--yes'])).out).toBe('deleted and erased\n');
    expect((await run(['workspace', 'list', '--json'])).out).toBe('[]\n');
  });

  describe('in the running server', () => {
    const ann = 'ann@example.com';

    beforeAll(serve, TIMEOUT_MS);

    test('an account is made, with a password that is typed twice or comes out of a pipe or a file', async () => {
      const typed = await run(['user', 'add', ann, '--name', 'Ann'], [PASSWORD, PASSWORD]);
      expect(typed).toMatchObject({ code: 0, err: 'Password: \nOnce more: \n' });
      expect(typed.out).not.toContain(PASSWORD);
      expect((await run(['user', 'add', `2${ann}`], `${PASSWORD}\n`)).code).toBe(0);
      const file = path.join(directory, 'password');
      writeFileSync(file, PASSWORD);
      expect((await run(['user', 'password', ann, '--password-file', file])).code).toBe(0);
      expect((await run(['user', 'add', `3${ann}`, '--no-password'])).code).toBe(0);
      const users = await jsonOf(['user', 'list']);
      const own = users.filter(({ email }: { email: string }) => email.endsWith(ann));
      expect(own.map((user: { email: string; hasPassword: boolean }) => [user.email, user.hasPassword])).toEqual([
        [`2${ann}`, true],
        [`3${ann}`, false],
        [ann, true],
      ]);
    });

    test.each([
      [['user', 'add', 'nobody'], PASSWORD, 'e-mail'],
      [['user', 'add', ann], PASSWORD, 'there is an account with the e-mail'],
      [['user', 'devices', 'nobody@example.com'], '', 'there is no account with the e-mail nobody@example.com'],
      [['workspace', 'members', 'nowhere'], '', 'there is no such workspace'],
    ])('%j is refused, and it is said why', async (args, input, why) => {
      const refused = await run(args, input);
      expect(refused.code).toBe(1);
      expect(refused.err).toContain(why);
    });

    test('a workspace is made, its members are managed, and it is deleted', async () => {
      const { id } = await jsonOf(['workspace', 'create', 'Team', '--owner', ann]);
      expect((await run(['workspace', 'add-member', id, `2${ann}`, '--role', 'viewer'])).code).toBe(0);
      expect((await run(['workspace', 'role', id, `2${ann}`, 'editor'])).out).toBe('changed\n');
      const members = await jsonOf(['workspace', 'members', id]);
      expect(members.map(({ email, role }: { email: string; role: string }) => [email, role])).toEqual([
        [ann, 'owner'],
        [`2${ann}`, 'editor'],
      ]);
      expect((await run(['workspace', 'remove-member', id, ann])).err).toContain('no other owner');
      expect((await run(['workspace', 'remove-member', id, `2${ann}`])).out).toBe('removed\n');
      const link = await run(['workspace', 'invite', id, '--days', '3', '--uses', '5']);
      expect(link.out).toMatch(/^\/join#[\w-]{43}\n$/);
      const asked = await run(['workspace', 'delete', id]);
      expect([asked.code, asked.err]).toEqual([2, expect.stringContaining(ann)]);
      expect((await run(['workspace', 'delete', id, '--yes'])).out).toBe('deleted and erased\n');
      expect((await run(['workspace', 'list'])).out).not.toContain(id);
    });

    test('an account is deleted, after it was said what goes with it', async () => {
      const asked = await run(['user', 'delete', `2${ann}`]);
      expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('Personal')]);
      expect((await run(['user', 'delete', `2${ann}`, '--yes'])).out).toBe('deleted and erased\n');
      expect((await run(['user', 'list'])).out).not.toContain(`2${ann}`);
    });

    test('the cloud copy made anew leaves accounts as they are', { timeout: TIMEOUT_MS }, async () => {
      const before = await jsonOf(['user', 'list']);
      expect(before.length).toBeGreaterThan(0);
      const made = await run(['fresh', '--yes']);
      expect(made.code).toBe(0);
      expect(await jsonOf(['user', 'list'])).toEqual(before);
    });
  });

  test('passwords that are not typed alike are not taken', async () => {
    const typed = await run(['user', 'add', 'other@example.com'], [PASSWORD, 'another']);
    expect([typed.code, typed.err]).toEqual([2, expect.stringContaining('not the same twice')]);
  });

  test.each([
    [['user', 'add'], '<e-mail> is needed'],
    [['user', 'revoke', 'ann@example.com'], '<device> is needed'],
    [['user', 'revoke', 'ann@example.com', 'laptop'], 'laptop is no id of a device'],
    [['user', 'add', 'ann@example.com', '--password', 'secret'], '--password'],
    [['workspace', 'role', 'w', 'ann@example.com', 'king'], 'one of owner, editor, viewer'],
    [['workspace', 'invite', 'w', '--uses', '101'], 'a whole number from 1 to 100'],
    [['user'], 'tributary user add, tributary user list'],
    [['workspace'], 'tributary workspace list'],
  ])('%j is a fault in what was given', async (args, fault) => {
    const asked = await run(args, 'x');
    expect(asked.code).toBe(2);
    expect(asked.err).toContain(fault);
  });
});
