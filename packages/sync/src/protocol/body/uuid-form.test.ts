import { seedOfRun } from '@tributary/database/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUuid, writeUuidBytes, writeUuidCharacters, type Output } from './uuid-form.ts';

const UUID = '01932b3c-8f00-7abc-9def-0123456789ab';
const BYTES = Buffer.from(UUID.replaceAll('-', ''), 'hex');

const encode = (text: string) => new TextEncoder().encode(text);

test('a UUID becomes its 16 bytes, wherever it stands, and its characters again', () => {
  const packed: Output = { bytes: new Uint8Array(20), at: 2 };
  expect(writeUuidBytes(encode(`id:${UUID}`), 3, packed)).toBe(true);
  expect(packed.at).toBe(18);
  expect(Buffer.from(packed.bytes.subarray(2, 18))).toEqual(BYTES);

  const text: Output = { bytes: new Uint8Array(40), at: 4 };
  writeUuidCharacters(packed.bytes, 2, text);
  expect(text.at).toBe(40);
  expect(new TextDecoder().decode(text.bytes.subarray(4))).toBe(UUID);
});

test.each([
  ['has capitals', UUID.toUpperCase()],
  ['has a letter that is no digit', UUID.replace('a', 'g')],
  ['has a dash elsewhere', '01932b3-c8f00-7abc-9def-0123456789ab'],
  ['has no dashes', `${UUID.replaceAll('-', '')}0000`],
  ['has another character for a dash', UUID.replace('-', '_')],
])('a text of 36 characters that %s is no UUID', (_, text) => {
  expect(text).toHaveLength(36);
  expect(isUuid(text)).toBe(false);
  const output: Output = { bytes: new Uint8Array(16), at: 0 };
  expect(writeUuidBytes(encode(text), 0, output)).toBe(false);
  expect(output.at).toBe(0);
});

test('text and bytes are taken for UUIDs alike', () => {
  const almost = fc.uuid().chain((uuid) =>
    fc.tuple(fc.nat(35), fc.constantFrom('0', 'f', '-', 'A', 'g', '/', ':', '`', '\x7F')).map(([at, character]) => {
      return uuid.slice(0, at) + character + uuid.slice(at + 1);
    }),
  );
  fc.assert(
    fc.property(almost, (text) => {
      expect(writeUuidBytes(encode(text), 0, { bytes: new Uint8Array(16), at: 0 })).toBe(isUuid(text));
    }),
    { seed: seedOfRun(), numRuns: 2_000 },
  );
});

test('a UUID and more, or less, is none', () => {
  for (const text of [`${UUID}\n`, ` ${UUID}`, UUID.slice(1), '']) expect(isUuid(text)).toBe(false);
});
