import { expect, test } from 'vitest';
import * as rule from './rule.ts';

/** What a value is refused for: `field: message`. */
function faults(of: rule.Rule<unknown>, input: unknown): string[] {
  const checked = of(input);
  return 'issues' in checked ? checked.issues.map(({ field, message }) => `${field}: ${message}`) : [];
}

class Thing {
  readonly a = 'b';
}

const NOTHING_ABOVE: unknown = Object.create(null);

test.each([
  [rule.text(), ['', 'é', '\u{1F600}'], [undefined, null, 5, ['a'], new String('a')]],
  [rule.text({ min: 1, max: 2 }), ['a', 'ab'], ['', 'abc']],
  [rule.number(), [0, -0.5, Number.MAX_VALUE], ['1', 1n, Number.NaN, Infinity, null]],
  [rule.number({ min: 0, max: 1 }), [0, 0.5, 1], [-Number.MIN_VALUE, 1.01]],
  [rule.integer(), [0, -7, Number.MAX_SAFE_INTEGER], [0.5, 2 ** 53, Number.NaN, '1']],
  [rule.integer({ min: 0 }), [0, 5], [-1, -(2 ** 60)]],
  [rule.boolean, [true, false], [0, 'true', null]],
  [rule.bytes, [new Uint8Array(1)], [[1], 'a', new ArrayBuffer(1)]],
  [rule.oneOf(['a', 'b']), ['a', 'b'], ['c', '', undefined]],
  [rule.anyObject, [{}, { a: 1 }, new Thing()], [null, [], 'a', undefined]],
  [rule.list(rule.text()), [[], ['a']], [{}, 'a', [1], new Array(1)]],
  [rule.record(rule.text()), [{}, { a: 'b' }, NOTHING_ABOVE], [[], { a: 1 }, new Map(), new Thing()]],
  [rule.optional(rule.text()), ['a', undefined], [null, 1]],
  [rule.nullable(rule.text()), ['a', null], [undefined, 1]],
  [rule.json, [null, 'a', 1.5, false, [], [[{}]], { a: [{ b: null }] }], [undefined, Number.NaN, 1n, new Date(0)]],
  [
    rule.json,
    [NOTHING_ABOVE],
    [[undefined], { a: undefined }, [new Date(0)], { a: new Thing() }, { [Symbol('a')]: 1 }],
  ],
])('rule %# takes what it should and nothing else', (of, taken, refused) => {
  for (const input of taken) expect(of(input)).toEqual({ value: input });
  for (const input of refused) expect(faults(of, input)).not.toEqual([]);
});

test.each([
  [rule.text(), 5, ': Invalid input: expected string, received number'],
  [rule.text({ min: 1 }), '', ': Too small: expected string to have >=1 characters'],
  [rule.text({ max: 1 }), 'ab', ': Too big: expected string to have <=1 characters'],
  [rule.number(), Infinity, ': Invalid input: expected number, received Infinity'],
  [rule.number(), Number.NaN, ': Invalid input: expected number, received NaN'],
  [rule.number({ min: 1 }), 0, ': Too small: expected number to be >=1'],
  [rule.integer(), 0.5, ': Invalid input: expected int, received number'],
  [rule.integer(), 2 ** 53, `: Too big: expected int to be <=${Number.MAX_SAFE_INTEGER}`],
  [rule.oneOf(['a', 'b']), 'c', ': Invalid option: expected one of "a"|"b"'],
  [rule.boolean, null, ': Invalid input: expected boolean, received null'],
  [rule.list(rule.json), {}, ': Invalid input: expected array, received object'],
  [rule.record(rule.json), [], ': Invalid input: expected record, received array'],
  [rule.record(rule.json), new Date(0), ': Invalid input: expected record, received Date'],
  [rule.object({}), 'a', ': Invalid input: expected object, received string'],
  [rule.json, 1n, ': Invalid input'],
])('rule %# says why it refuses', (of, input, fault) => {
  expect(faults(of, input)).toEqual([fault]);
});

test('a text is measured in the form that is kept', () => {
  const name = rule.text({ form: (text) => text.trim(), min: 1, max: 3 });
  expect(name('  abc ')).toEqual({ value: 'abc' });
  expect(faults(name, '    ')).toHaveLength(1);
});

test('a default stands in for what is not given, and for nothing else', () => {
  const limit = rule.withDefault(rule.integer(), 50);
  expect(limit(undefined)).toEqual({ value: 50 });
  expect(limit(7)).toEqual({ value: 7 });
  expect(faults(limit, null)).toHaveLength(1);
});

test('what is asked beyond a rule is asked only of what the rule accepts', () => {
  const even = rule.where(rule.integer(), (value) => value % 2 === 0, 'Odd');
  expect(even(2)).toEqual({ value: 2 });
  expect(faults(even, 3)).toEqual([': Odd']);
  expect(faults(even, 'a')).toEqual([': Invalid input: expected number, received string']);
});

test('every fault is named with its path, those of unknown fields last', () => {
  const row = rule.object({
    id: rule.text({ min: 1 }),
    tags: rule.list(rule.text()),
    size: rule.optional(rule.integer()),
  });
  expect(
    faults(rule.list(row), [
      { id: 'a', tags: [] },
      { b: 1, id: '', tags: ['x', 2], constructor: 1 },
    ]),
  ).toEqual([
    '1.id: Too small: expected string to have >=1 characters',
    '1.tags.1: Invalid input: expected string, received number',
    '1.b: Unknown field',
    '1.constructor: Unknown field',
  ]);
  expect(faults(row, {})).toEqual([
    'id: Invalid input: expected string, received undefined',
    'tags: Invalid input: expected array, received undefined',
  ]);
});

test('an object comes out with its fields as they are to be kept', () => {
  const row = rule.object({
    name: rule.text({ form: (text) => text.toLowerCase() }),
    size: rule.withDefault(rule.integer(), 1),
  });
  expect(row({ name: 'ABC' })).toEqual({ value: { name: 'abc', size: 1 } });
});

test('a key that JavaScript gives every object is a key like any other', () => {
  const input: unknown = JSON.parse('{"__proto__":"a"}');
  expect(faults(rule.object({}), input)).toEqual(['__proto__: Unknown field']);
  const checked = rule.record(rule.text())(input);
  expect('value' in checked && Object.entries(checked.value)).toEqual([['__proto__', 'a']]);
});
