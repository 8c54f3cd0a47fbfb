import type { SqlValue } from '@tributary/database/changes';
import type { CloudType } from '@tributary/database/cloud';
import { describe, expect, test } from 'vitest';
import { CastFault, castValue, jsonOf, previewOf, type CastFaultReason } from './cast-value.ts';

const UUID = '018f3c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f';

describe('a value is cast to the text of its type', () => {
  const cases: [CloudType, SqlValue, string | null][] = [
    ['text', 'Käse', 'Käse'],
    ['text', '', ''],
    ['uuid', UUID, UUID],
    ['timestamptz', 0n, '1970-01-01T00:00:00.000Z'],
    ['timestamptz', 1_700_000_000_123n, '2023-11-14T22:13:20.123Z'],
    ['timestamptz', -62_135_596_800_000n, '0001-01-01T00:00:00.000Z'],
    ['boolean', 1n, 'true'],
    ['boolean', 0n, 'false'],
    ['bigint', 2n ** 63n - 1n, '9223372036854775807'],
    ['double precision', 0.1, '0.1'],
    ['double precision', -0, '-0'],
    ['double precision', Infinity, 'Infinity'],
    ['numeric', 12n, '12'],
    ['numeric', 0.5, '0.5'],
    ['jsonb', '{"a": [1, 2.50]}', '{"a": [1, 2.50]}'],
    [
      'jsonb',
      '{"a": "\\u00e4\\ud83d\\ude00\\\\u0000", "b": 12345678901234567890.50}',
      '{"a": "\\u00e4\\ud83d\\ude00\\\\u0000", "b": 12345678901234567890.50}',
    ],
    ['jsonb', '{"sha": "1e482911\\"\\\\", "n": 1e400}', '{"sha": "1e482911\\"\\\\", "n": 1e400}'],
    ['bytea', Uint8Array.of(0, 255), '\\x00ff'],
    ['jsonb', null, null],
  ];
  test.each(cases)('%s of %s', (type, val, text) => {
    expect(castValue(val, type)).toBe(text);
  });
});

describe('what the type cannot say is a fault', () => {
  const cases: [CloudType, SqlValue, CastFaultReason][] = [
    ['text', 5n, 'wrong_type'],
    ['text', Uint8Array.of(1), 'wrong_type'],
    ['uuid', 'no uuid', 'not_a_uuid'],
    ['uuid', UUID.toUpperCase(), 'not_a_uuid'],
    ['timestamptz', 'yesterday', 'wrong_type'],
    ['timestamptz', 2n ** 62n, 'out_of_range'],
    ['timestamptz', 253_402_300_800_000n, 'out_of_range'],
    ['boolean', 2n, 'wrong_type'],
    ['boolean', 1, 'wrong_type'],
    ['bigint', 1, 'wrong_type'],
    ['double precision', 1n, 'wrong_type'],
    ['numeric', Infinity, 'out_of_range'],
    ['jsonb', '{', 'not_json'],
    ['jsonb', '['.repeat(5_000) + ']'.repeat(5_000), 'not_json'],
    ['jsonb', '1e200000', 'not_json'],
    ['jsonb', '{"1e200000": [1e200000]}', 'not_json'],
    ['jsonb', 1n, 'wrong_type'],
    ['bytea', 'text', 'wrong_type'],
  ];
  test.each(cases)('%s of %s: %s', (type, val, reason) => {
    expect(castValue(val, type)).toEqual(new CastFault(reason));
  });
});

describe('text that PostgreSQL cannot store', () => {
  test('is stored with U+FFFD in its place', () => {
    expect(castValue('a\0b', 'text')).toEqual(new CastFault('text_replaced', 'a\uFFFDb'));
    expect(castValue('a\uD800b', 'text')).toEqual(new CastFault('text_replaced', 'a\uFFFDb'));
    expect(castValue('a😀b', 'text')).toBe('a😀b');
  });

  test('is found in the strings and the keys of JSON', () => {
    expect(castValue('{"a\\u0000": ["\\ud800", "ok"]}', 'jsonb')).toEqual(
      new CastFault('text_replaced', '{"a\uFFFD": ["\uFFFD", "ok"]}'),
    );
  });

  test('never gets into previews or unknown columns', () => {
    expect(previewOf('a\0b')).toBe('a\uFFFDb');
    expect(previewOf('x'.repeat(500))).toHaveLength(200);
    expect([null, 'a\0', 5n, 2n ** 60n, 0.5, Infinity, Uint8Array.of(1)].map(jsonOf)).toEqual([
      null,
      'a\uFFFD',
      5,
      '1152921504606846976',
      0.5,
      'Infinity',
      '\\x01',
    ]);
  });
});
