import { expect, test } from 'vitest';
import { ServerError } from '../errors.ts';
import type { CommandWorld } from './command.ts';
import { runSqlPrompt } from './sql-prompt.ts';

async function typed(lines: readonly string[], run: (text: string) => Promise<void> = () => Promise.resolve()) {
  const ran: string[] = [];
  let err = '';
  const world = {
    err: (text: string) => void (err += text),
    input: {
      async *lines(prompt: () => string) {
        for (const line of lines) {
          err += prompt();
          yield await Promise.resolve(line);
        }
      },
    },
  } as unknown as CommandWorld;
  const runOne = (text: string): Promise<void> => {
    ran.push(text);
    return run(text);
  };
  await runSqlPrompt(runOne, { write: false, world });
  return { ran, err };
}

test('a statement ends with its semicolon, on whichever line that is', async () => {
  const { ran, err } = await typed(['SELECT 1', "+ length(';')", '; SELECT 2; SELECT', '3;']);
  expect(ran).toEqual(["SELECT 1\n+ length(';')", 'SELECT 2', 'SELECT\n3']);
  expect(err.match(/ {7}\.\.\. /g)).toHaveLength(3);
});

test('what begins with a backslash needs no semicolon, and \\q leaves', async () => {
  expect((await typed(['\\dt', '\\q', 'SELECT 1;'])).ran).toEqual(['\\dt']);
});

test('a statement that fails is told, and the next one is asked for', async () => {
  const fail = () => Promise.reject(new ServerError('cloud_refused', 'no such table'));
  const { ran, err } = await typed(['SELECT 1;', 'SELECT 2;'], fail);
  expect(ran).toHaveLength(2);
  expect(err).toContain('no such table\n');
});

test('without the server there is nothing more to ask', async () => {
  const lost = () => Promise.reject(new ServerError('server_lost', 'gone'));
  await expect(typed(['SELECT 1;', 'SELECT 2;'], lost)).rejects.toThrow('gone');
});
