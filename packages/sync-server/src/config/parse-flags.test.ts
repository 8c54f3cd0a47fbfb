import { expect, test } from 'vitest';
import { parseFlags } from './parse-flags.ts';

const FLAGS = [{ name: 'port', placeholder: 'number' }, { name: 'data', placeholder: 'directory' }, { name: 'strict' }];

function parse(...args: string[]) {
  const { values, faults } = parseFlags(args, FLAGS);
  return { values: Object.fromEntries(values), faults };
}

test('takes a value after a space or an equals sign, and a flag alone', () => {
  expect(parse('--port', '80', '--data=a=b', '--strict')).toEqual({
    values: { port: '80', data: 'a=b', strict: 'true' },
    faults: [],
  });
});

test('takes the last of several', () => {
  expect(parse('--port', '80', '--port=81').values).toEqual({ port: '81' });
});

test('takes a value that begins with one dash, and an empty one', () => {
  expect(parse('--port', '-1', '--data=').values).toEqual({ port: '-1', data: '' });
});

test('does not take the next flag for a value', () => {
  expect(parse('--port', '--strict')).toEqual({
    values: { strict: 'true' },
    faults: ['--port needs a value: --port <number>'],
  });
  expect(parse('--data').faults).toEqual(['--data needs a value: --data <directory>']);
});

test('names what it does not know, and what may have been meant', () => {
  expect(parse('-port', 'extra', '--quite-another').faults).toEqual([
    'there is no option -port; did you mean --port?',
    'extra is no option',
    'there is no option --quite-another',
  ]);
});
