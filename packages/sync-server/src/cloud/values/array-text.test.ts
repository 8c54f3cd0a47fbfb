import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatArrayText, parseArrayText } from './array-text.ts';

test('what is written is read again, whatever the text', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }))), (elements) => {
      expect(parseArrayText(formatArrayText(elements), (text) => text)).toEqual(elements);
    }),
  );
});

test.each([
  ['{}', []],
  ['{a,"b c",NULL,"NULL"}', ['a', 'b c', null, 'NULL']],
  [String.raw`{"\"","\\",","}`, ['"', '\\', ',']],
  ['{{1,2},{3,4}}', [['1', '2'], ['3', '4']]], // prettier-ignore
  ['[0:1]={a,b}', ['a', 'b']],
  ['{""}', ['']],
])('%s is read', (text, elements) => {
  expect(parseArrayText(text, (element) => element)).toEqual(elements);
});
