import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { LengthReader, LengthWriter } from './lengths.ts';

function written(...lengths: number[]): Uint8Array | undefined {
  const writer = new LengthWriter();
  for (const length of lengths) writer.push(length);
  return writer.finish();
}

test('the last length is not written', () => {
  expect(written()).toBeUndefined();
  expect(written(5)).toBeUndefined();
  expect(written(5, 0, 7)).toEqual(Uint8Array.of(5, 0));
});

describe('lengths are read', () => {
  test('until the last one takes what remains', () => {
    const reader = new LengthReader(written(5, 0, 7), 12);
    expect([reader.next(), reader.next()]).toEqual([5, 0]);
    expect(reader.isAtEnd).toBe(false);
    expect(reader.next()).toBe(7);
    expect(reader.isAtEnd).toBe(true);
  });

  test('also when all is empty', () => {
    const reader = new LengthReader(written(0, 0), 0);
    expect([reader.next(), reader.next(), reader.isAtEnd]).toEqual([0, 0, true]);
  });

  test('no further than the last', () => {
    const reader = new LengthReader(undefined, 3);
    expect(reader.next()).toBe(3);
    expect(() => reader.next()).toThrow(ProtocolError);
  });

  test('no further than the whole', () => {
    expect(() => new LengthReader(written(4, 0), 3).next()).toThrow(ProtocolError);
  });

  test('and are not at their end while something is left', () => {
    expect(new LengthReader(undefined, 3).isAtEnd).toBe(false);
    expect(new LengthReader(undefined, 0).isAtEnd).toBe(true);
    const reader = new LengthReader(written(3, 0), 3);
    expect([reader.isAtEnd, reader.next(), reader.isAtEnd]).toEqual([false, 3, true]);
  });
});
