import { BinaryReader } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../errors.ts';
import { MessageWriter } from '../wire/message-fields.ts';
import { ByteDictionary, entryOf, isSameBytes, TextDictionary, textsOf } from './dictionaries.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a dictionary of bytes', () => {
  test('gives each its index in order of first use, whichever copy asks', () => {
    const dictionary = new ByteDictionary();
    expect(['b', 'a', 'b', '', 'a'].map((text) => dictionary.indexOf(bytes(text)))).toEqual([0, 1, 0, 2, 1]);
    expect(dictionary.entries).toEqual([bytes('b'), bytes('a'), bytes('')]);
  });

  test('tells apart what has the same hash', () => {
    const dictionary = new ByteDictionary();
    // Known collisions of 32-bit FNV-1a.
    const words = ['costarring', 'liquid', 'declinate', 'macallums', 'altarage', 'zinke'];
    for (const round of [1, 2]) {
      expect(
        words.map((word) => dictionary.indexOf(bytes(word))),
        `round ${round}`,
      ).toEqual([0, 1, 2, 3, 4, 5]);
    }
  });
});

test('a dictionary of texts is written in order of first use, as a repeated field', () => {
  const dictionary = new TextDictionary();
  expect(['é', '', 'é', 'a'].map((text) => dictionary.indexOf(text))).toEqual([0, 1, 0, 2]);
  const message = new MessageWriter();
  dictionary.writeTo(message, 5);
  const reader = new BinaryReader(message.finish());
  const written: [number, string][] = [];
  while (reader.pos < reader.len) written.push([reader.tag()[0], reader.string()]);
  expect(written).toEqual([
    [5, 'é'],
    [5, ''],
    [5, 'a'],
  ]);
});

test('bytes are the same when each of them is', () => {
  const a = bytes('abc');
  for (const same of [a, bytes('abc')]) expect(isSameBytes(a, same)).toBe(true);
  for (const other of ['abd', 'ab', 'abcd', '']) expect(isSameBytes(a, bytes(other))).toBe(false);
});

test('only what is in a dictionary can be read from it', () => {
  const texts = textsOf([bytes('a'), bytes('\uFEFFb')]);
  expect(texts).toEqual(['a', '\uFEFFb']);
  expect(entryOf(texts, 1)).toBe('\uFEFFb');
  for (const index of [2, -1]) expect(() => entryOf(texts, index)).toThrow(ProtocolError);
  expect(() => textsOf([Uint8Array.of(0xff)])).toThrow(ProtocolError);
});
