import { expect, test } from 'vitest';
import { runCommand } from './testing/run-command.ts';

const COMMANDS = [
  ['serve'],
  ['token'],
  ['user'],
  ['user', 'add'],
  ['user', 'delete'],
  ['workspace'],
  ['workspace', 'invite'],
  ['workspace', 'delete'],
  ['sql'],
  ['projection'],
  ['projection', 'status'],
  ['projection', 'rebuild'],
  ['migrate'],
  ['rollback'],
  ['fresh'],
  ['maintain'],
  ['doctor'],
  ['seed'],
];

test.each(COMMANDS.map((words) => [words.join(' '), words]))('%s has a help of its own', async (name, words) => {
  const helped = runCommand([...words, '--help']);
  expect(await helped.code).toBe(0);
  expect(helped.out.split('\n')[0]).toMatch(new RegExp(`^tributary ${name}`));
  expect(Math.max(...helped.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
});

test('a subcommand that does not exist is told with the nearest that does', async () => {
  const asked = runCommand(['projection', 'rebiuld']);
  expect(await asked.code).toBe(2);
  expect(asked.err).toContain('there is no command projection rebiuld; did you mean projection rebuild?');
});

test('a command that needs one says which there are', async () => {
  const asked = runCommand(['projection']);
  expect(await asked.code).toBe(2);
  expect(asked.err).toContain('tributary projection status, tributary projection rebuild');
});

test.each([
  [['sql', 'SELECT 1', '--wirte'], 'did you mean --write?'],
  [['sql', 'SELECT 1', 'SELECT 2'], 'SELECT 2 is no option'],
  [['sql', 'SELECT 1', '--limit', 'some'], '--limit has to be a whole number'],
  [['sql', 'SELECT 1', '--json', '--csv'], '--json and --csv are both given'],
  [['rollback', '--steps', '0'], '--steps has to be a whole number above 0'],
  [['seed', '--size', 'huge'], '--size has to be one of small, medium, large'],
  [['maintain', '--vaccum'], 'did you mean --vacuum?'],
])('%j is a fault in the options', async (args, fault) => {
  const asked = runCommand(args);
  expect(await asked.code).toBe(2);
  expect(asked.err).toContain(fault);
});

test.each([['sql', 'SELECT 1'], ['projection', 'status'], ['migrate'], ['maintain']])(
  '%s makes no data where there is none',
  async (...args) => {
    const asked = runCommand([...args, '--data', '/nowhere/at/all']);
    expect(await asked.code).toBe(1);
    expect(asked.err).toContain('there is no Tributary data in /nowhere/at/all');
  },
);
