import type { BatchPreview } from '@tributary/sync/protocol';
import { describe, expect, test } from 'vitest';
import { VersionAssembly, type CheckedFragment } from './version-assembly.ts';

function header(index?: number, count = 3, rest: Partial<BatchPreview> = {}): BatchPreview {
  const fragment = index === undefined ? undefined : { index, count };
  return { prevVersion: 4, toVersion: 5, base: undefined, refill: false, fragment, changeCount: 1, ...rest };
}

function checked(byte: number, rest: Partial<CheckedFragment> = {}): CheckedFragment {
  return { payload: Uint8Array.of(byte, byte), changeCount: 10, unknownNames: [], ...rest };
}

describe('the fragments of a version', () => {
  test('come out together, with the last', () => {
    const assembly = new VersionAssembly();
    expect(assembly.place(header(0))).toBe('first');
    expect(assembly.add(header(0), checked(1, { unknownNames: ['a'] }))).toBeUndefined();
    expect(assembly.place(header(1))).toBe('next');
    expect(assembly.add(header(1), checked(2, { unknownNames: ['a', 'b'] }))).toBeUndefined();
    expect(assembly.bytes).toBe(4);
    expect(assembly.place(header(2))).toBe('next');
    const version = assembly.add(header(2), checked(3))!;
    expect(version.payloads).toEqual([Uint8Array.of(1, 1), Uint8Array.of(2, 2), Uint8Array.of(3, 3)]);
    expect([...version.unknownNames]).toEqual(['a', 'b']);
    expect([version.bytes, version.changeCount]).toEqual([6, 30]);
    expect(assembly.bytes).toBe(0);
  });

  test('are copies, so that what they arrived in can go', () => {
    const assembly = new VersionAssembly();
    const arrived = new Uint8Array(1_000);
    assembly.place(header(0, 1));
    const { payloads } = assembly.add(header(0, 1), checked(0, { payload: arrived.subarray(10, 20) }))!;
    expect(payloads[0]!.buffer.byteLength).toBe(10);
  });

  test('may be followed by another version, or by a whole push', () => {
    const assembly = new VersionAssembly();
    assembly.place(header(0, 1));
    assembly.add(header(0, 1), checked(1));
    expect(assembly.place(header(0))).toBe('first');
    assembly.add(header(0), checked(1));
    for (const index of [1, 2]) {
      assembly.place(header(index));
      assembly.add(header(index), checked(1));
    }
    expect(assembly.place(header())).toBe('whole');
  });

  test.each<[string, BatchPreview]>([
    ['a whole push', header()],
    ['the first once more', header(0)],
    ['one left out', header(2)],
    ['another count', header(1, 4)],
    ['another version', header(1, 3, { toVersion: 6 })],
    ['another beginning', header(1, 3, { prevVersion: 3 })],
    ['another base', header(1, 3, { base: 9 })],
    ['a refill', header(1, 3, { refill: true })],
  ])('are not followed by %s', (_, second) => {
    const assembly = new VersionAssembly();
    assembly.place(header(0));
    assembly.add(header(0), checked(1));
    expect(() => assembly.place(second)).toThrow(expect.objectContaining({ code: 'malformed_frame' }));
  });
});

describe('a version of which a fragment was refused', () => {
  test.each([0, 1])('is passed over from fragment %i on, and then forgotten', (refused) => {
    const assembly = new VersionAssembly();
    for (let index = 0; index < refused; index++) {
      assembly.place(header(index));
      assembly.add(header(index), checked(1));
    }
    assembly.place(header(refused));
    assembly.refuse(header(refused));
    expect(assembly.bytes).toBe(0);
    for (let index = refused + 1; index < 3; index++) expect(assembly.place(header(index))).toBe('passed over');
    expect(() => assembly.place(header(1))).toThrow('does not follow');
    expect(assembly.place(header(0))).toBe('first');
  });

  test('may be begun again at any time', () => {
    const assembly = new VersionAssembly();
    assembly.place(header(0));
    assembly.refuse(header(0));
    expect(assembly.place(header(0))).toBe('first');
    expect(assembly.add(header(0), checked(1))).toBeUndefined();
    expect(assembly.place(header(1))).toBe('next');
  });

  test('does not excuse a fragment of another version', () => {
    const assembly = new VersionAssembly();
    assembly.place(header(0));
    assembly.refuse(header(0));
    expect(() => assembly.place(header(1, 3, { toVersion: 9 }))).toThrow('does not follow');
  });

  test('leaves nothing to pass over when it was the last', () => {
    const assembly = new VersionAssembly();
    assembly.place(header(0, 1));
    assembly.refuse(header(0, 1));
    expect(() => assembly.place(header(0, 1))).not.toThrow('does not follow');
    expect(assembly.place(header())).toBe('whole');
  });
});
