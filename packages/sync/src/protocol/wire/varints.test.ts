import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { seedOfRun } from '@tributary/database/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { ColumnReader, VarintReader, VarintWriter } from './varints.ts';

const seed = seedOfRun();
const parameters = { seed, numRuns: 2_000 };

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.nat(63).chain((bits) => fc.constantFrom(2n ** BigInt(bits) - 1n, -(2n ** BigInt(bits)))),
);

/** 2^n and its neighbours, up to 2^53 - 1. */
const uint53 = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(53).map((bits) => 2 ** bits - 1),
  fc.nat(52).map((bits) => 2 ** bits),
);

function written(write: (writer: VarintWriter) => void): Uint8Array {
  const writer = new VarintWriter();
  write(writer);
  return writer.finish()!;
}

describe(`numbers are written and read as protobuf’s library does it (seed ${seed})`, () => {
  test('of 64 bits with a sign', () => {
    fc.assert(
      fc.property(int64, (value) => {
        const bytes = written((writer) => writer.sint64(value));
        expect(bytes).toEqual(new BinaryWriter().sint64(value).finish());
        expect(new VarintReader(bytes).sint64()).toBe(value);
      }),
      parameters,
    );
  });

  test('up to 2^53, with a sign', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const half = Math.trunc(value / 2) + 0;
        const bytes = written((writer) => writer.sint53(half));
        expect(new BinaryReader(bytes).sint64()).toBe(BigInt(half));
        expect(new VarintReader(bytes).sint53()).toBe(half);
      }),
      parameters,
    );
  });

  test('of 32 bits', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (value) => {
        const bytes = written((writer) => writer.uint32(value));
        expect(bytes).toEqual(new BinaryWriter().uint32(value).finish());
        expect(new VarintReader(bytes).uint32()).toBe(value);
      }),
      parameters,
    );
  });

  test('up to 2^53, without one', () => {
    fc.assert(
      fc.property(uint53, (value) => {
        const bytes = new BinaryWriter().uint64(value).finish();
        expect(new VarintReader(bytes).uint53()).toBe(value);
      }),
      parameters,
    );
  });
});

describe('a reader refuses', () => {
  const read = (method: 'uint32' | 'uint53' | 'sint64', bytes: number[]) => () =>
    new VarintReader(Uint8Array.from(bytes))[method]();
  const seven = (count: number) => Array.from({ length: count }, () => 0xff);

  test.each<[string, () => unknown]>([
    ['a number that ends early', read('uint53', [0x80])],
    ['no number at all', read('uint53', [])],
    ['a number of 33 bits where 32 are allowed', read('uint32', [0x80, 0x80, 0x80, 0x80, 0x10])],
    ['2^53', read('uint53', [...Array.from({ length: 7 }, () => 0x80), 0x10])],
    ['a number without an end', read('uint53', [...Array.from({ length: 20 }, () => 0x80), 0])],
    ['an integer that ends early', read('sint64', seven(9))],
    ['an integer of 65 bits', read('sint64', [...seven(9), 0x02])],
    ['an integer without an end', read('sint64', [...seven(10), 0x00])],
    ['more bytes than there are', () => new VarintReader(new Uint8Array(2)).slice(3)],
  ])('%s', (_, run) => {
    expect(run).toThrow(ProtocolError);
  });

  test('nothing that is only longer than it need be', () => {
    const padded = Uint8Array.of(0x85, 0x80, 0x80, 0x00);
    expect(new VarintReader(padded).uint32()).toBe(5);
    expect(new VarintReader(padded).sint64()).toBe(-3n);
  });
});

describe('a writer refuses', () => {
  test.each([-1, 0.5, 200.5, 2 ** 32, Number.NaN, Infinity])('%d as 32 bits', (value) => {
    expect(() => new VarintWriter().uint32(value)).toThrow(TypeError);
  });

  test('what is no safe integer once its sign is added', () => {
    expect(() => new VarintWriter().sint53(2 ** 52)).toThrow(TypeError);
    expect(() => new VarintWriter().sint64(2n ** 63n)).toThrow(TypeError);
    expect(() => new VarintWriter().sint64(-(2n ** 63n) - 1n)).toThrow(TypeError);
  });
});

describe('a column', () => {
  test('is left out where it is all default, and reads as that without an end', () => {
    const writer = new VarintWriter(1);
    writer.uint32(1);
    writer.uint32(1);
    expect(writer.finish()).toBeUndefined();
    const reader = new ColumnReader(undefined, 1);
    expect([reader.uint32(), reader.sint53(), reader.isAtEnd]).toEqual([1, 1, true]);
  });

  test('is written in full where one value is another', () => {
    const writer = new VarintWriter(1);
    for (const value of [1, 300, 1]) writer.uint32(value);
    const reader = new ColumnReader(writer.finish(), 1);
    expect([reader.uint32(), reader.uint32(), reader.isAtEnd]).toEqual([1, 300, false]);
    expect([reader.uint32(), reader.isAtEnd]).toEqual([1, true]);
    expect(() => reader.uint32()).toThrow(ProtocolError);
  });
});
