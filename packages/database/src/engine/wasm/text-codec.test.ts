import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBufferCodec, createPortableCodec, createTextCodec } from './text-codec.ts';

const BYTES = 1_024;
const AT = 7;

/** Any string at all, half surrogate pairs too. */
const anyText = () =>
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 }).map((units) => String.fromCharCode(...units));

describe.each([
  ['Buffer', createBufferCodec],
  ['TextEncoder', createPortableCodec],
] as const)('the codec by %s', (_name, createCodec) => {
  test('writes and reads any text, a lone surrogate as U+FFFD', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const codec = createCodec(new Uint8Array(BYTES));
        const length = codec.encode(text, AT);
        expect(codec.decode(AT, AT + length)).toBe(text.toWellFormed());
      }),
    );
  });
});

test('both write the same bytes', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const [one, other] = [new Uint8Array(BYTES), new Uint8Array(BYTES)];
      expect(createBufferCodec(one).encode(text, AT)).toBe(createPortableCodec(other).encode(text, AT));
      expect(one).toEqual(other);
    }),
  );
});

test('a view that does not start its buffer is written where it starts', () => {
  const buffer = new Uint8Array(8);
  createTextCodec(buffer.subarray(4)).encode('ab', 0);
  expect([...buffer]).toEqual([0, 0, 0, 0, 97, 98, 0, 0]);
});
