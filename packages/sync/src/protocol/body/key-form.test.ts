import { packKey, type SqlValue } from '@tributary/database/changes';
import { seedOfRun } from '@tributary/database/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { maxFormBytes, packedKeyOf, writeKeyForm } from './key-form.ts';
import type { Output } from './uuid-form.ts';

const UUID = '01932b3c-8f00-7abc-9def-0123456789ab';

function formOf(key: Uint8Array): Uint8Array {
  const output: Output = { bytes: new Uint8Array(maxFormBytes(key)), at: 0 };
  writeKeyForm(key, output);
  return output.bytes.slice(0, output.at);
}

describe('a key takes', () => {
  test.each<[string, SqlValue[], number]>([
    ['its text and a byte, when it is one text', ['r123'], 1 + 4],
    ['17 bytes, when it is a UUID', [UUID], 1 + 16],
    ['33 bytes, when it is two UUIDs', [UUID, UUID], 1 + 32],
    ['its text and a byte, when that is almost a UUID', [UUID.toUpperCase()], 1 + 36],
    ['its text and a byte, up to 255 bytes', ['x'.repeat(255)], 1 + 255],
    ['a byte more than it has, when its text is longer', ['x'.repeat(256)], 1 + 260],
    ['a byte more than it has, when it is anything else', [UUID, 5n], 1 + 41],
    ['a byte more than it has, when it is an empty text', [''], 1 + 2],
    ['a byte more than it has, when it has no columns', [], 1 + 1],
  ])('%s', (_, values, bytes) => {
    const form = formOf(packKey(values));
    expect(form).toHaveLength(bytes);
    expect(packedKeyOf(form)).toEqual(packKey(values));
  });
});

test('any key comes back byte for byte, sound or not', () => {
  const sound = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.uuid(), fc.constant(null))).map(packKey);
  fc.assert(
    fc.property(fc.oneof(sound, fc.uint8Array()), (key) => {
      expect(packedKeyOf(formOf(key))).toEqual(key);
    }),
    { seed: seedOfRun(), numRuns: 2_000 },
  );
});

test.each([
  ['nothing', []],
  ['an unknown form', [3, 1]],
  ['an empty text', [1]],
  ['a text of 256 bytes', [1, ...Array.from({ length: 256 }, () => 0x61)]],
  ['no UUID', [2]],
  ['a UUID and a half', [2, ...Array.from({ length: 24 }, () => 0)]],
  ['256 UUIDs', [2, ...Array.from({ length: 256 * 16 }, () => 0)]],
])('%s is no form of a key', (_, bytes) => {
  expect(() => packedKeyOf(Uint8Array.from(bytes))).toThrow(ProtocolError);
});
