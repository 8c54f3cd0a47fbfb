import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDriver } from '../engine/node/open-driver.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { sqlValue } from '../testing/sql-values.ts';
import type { SqlValue } from './change.ts';
import { keyHasTypes, packKey, unpackKey } from './packed-key.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const fromHex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

test.each<[string, SqlValue, string]>([
  ['zero takes no bytes', 0n, '0101'],
  ['one byte', 1n, '010901'],
  ['a byte with its high bit set is not negative', 128n, '010980'],
  ['the largest byte', 255n, '0109ff'],
  ['2^32', 2n ** 32n, '01290100000000'],
  ['a negative number takes eight bytes', -1n, '0141ffffffffffffffff'],
  ['a letter', 'a', '010b0161'],
  ['empty text', '', '0103'],
  ['an empty blob', new Uint8Array(0), '0104'],
  ['NULL', null, '0105'],
  ['a double', 1, '01023ff0000000000000'],
])('packs %s', (_title, value, packed) => {
  expect(hex(packKey([value]))).toBe(packed);
  expect(unpackKey(fromHex(packed))).toEqual([value]);
});

describeEachEngine('packed keys', (engine) => {
  test('equal cr-sqlite’s own, byte for byte, and unpack to the same values', () => {
    const driver = openDriver({ path: ':memory:', engine });
    fc.assert(
      fc.property(fc.array(sqlValue(), { minLength: 1, maxLength: 4 }), (values) => {
        const holes = values.map(() => '?').join(', ');
        const theirs = driver
          .prepare(`SELECT crsql_pack_columns(${holes})`)
          .pluck()
          .get(...values) as Uint8Array;
        expect(hex(packKey(values))).toBe(hex(theirs));
        expect(unpackKey(theirs)).toEqual(values);
      }),
    );
    driver.close();
  });
});

test('keyHasTypes knows the types and the number of a key’s columns', () => {
  const key = packKey(['a', Uint8Array.from([1])]);
  expect(keyHasTypes(key, ['TEXT', 'BLOB'])).toBe(true);
  expect(keyHasTypes(key, ['TEXT'])).toBe(false);
  expect(keyHasTypes(key, ['TEXT', 'BLOB', 'TEXT'])).toBe(false);
  expect(keyHasTypes(key, ['BLOB', 'TEXT'])).toBe(false);
});

test.each([
  ['nothing', ''],
  ['fewer columns than it says', '020b0161'],
  ['more bytes than its columns', '010b016100'],
  ['text shorter than it says', '010b0561'],
  ['an unknown type', '0107'],
  ['type zero', '0100'],
  ['a double with a length', '010a3ff0000000000000'],
  ['a NULL with a length', '010d00'],
  ['an integer with a leading zero byte', '01110001'],
  ['a length with a leading zero byte', '0113000161'],
  ['an integer of nine bytes', '0149010101010101010101'],
  ['a byte that no UTF-8 has', '010b01ff'],
  ['half a surrogate pair', '010b03eda080'],
  ['a character cut short', '010b02c3'],
  ['a length beyond the key', '0143ffffffffffffffff'],
])('refuses a key with %s', (_title, packed) => {
  expect(() => unpackKey(fromHex(packed))).toThrow(expect.objectContaining({ code: 'change_malformed' }));
  expect(keyHasTypes(fromHex(packed), ['TEXT'])).toBe(false);
});

test('never fails in another way, whatever the bytes', () => {
  const outcome = (bytes: Uint8Array) => {
    try {
      return unpackKey(bytes).length;
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect([bytes[0], 'change_malformed']).toContain(outcome(bytes));
    }),
    { numRuns: 2_000 },
  );
});
