import { expect, test } from 'vitest';
import { parseFlags } from './parse-flags.ts';

const DEFINITIONS = [{ name: 'write' }, { name: 'file', placeholder: 'path' }];

test('takes as many words beside the flags as it may', () => {
  const { words, values, faults } = parseFlags(['SELECT 1', '--write', 'more'], DEFINITIONS, { maxWords: 1 });
  expect(words).toEqual(['SELECT 1']);
  expect(values.get('write')).toBe('true');
  expect(faults).toEqual(['more is no option']);
});

test('a comment of SQL is a word, and a misspelled flag is not', () => {
  expect(parseFlags(['-- first\nSELECT 1'], DEFINITIONS, { maxWords: 1 }).words).toEqual(['-- first\nSELECT 1']);
  expect(parseFlags(['--wirte'], DEFINITIONS, { maxWords: 1 }).faults).toEqual([
    'there is no option --wirte; did you mean --write?',
  ]);
});

test('remembers every value of a flag that is given again', () => {
  const { values, repeated } = parseFlags(['--file', 'a', '--file=b'], DEFINITIONS);
  expect(values.get('file')).toBe('b');
  expect(repeated.get('file')).toEqual(['a', 'b']);
});
