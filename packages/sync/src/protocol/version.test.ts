import { toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { file_tributary } from './gen/tributary_pb.ts';
import { agreeOnVersion, MIN_SUPPORTED_VERSION, PROTOCOL_VERSION, SPOKEN_VERSIONS } from './version.ts';

/** What tributary.proto was in each version that was ever released, comments aside. */
const SHA256_OF_VERSION: Readonly<Record<number, string>> = {
  1: '20451d145cfd1f38b8265a4b8647590b7b7108ac9658b87154e64fb00d37097a',
};

const CHANGED =
  'tributary.proto is not what this version of the protocol was: raise PROTOCOL_VERSION, say in version.ts what is new, ' +
  'and add the new hash here. Only before a version is released its hash may change.';

describe('the protocol', () => {
  test('does not change without a new version', () => {
    const descriptor = toBinary(FileDescriptorProtoSchema, file_tributary.proto);
    const hash = createHash('sha256').update(descriptor).digest('hex');
    expect(hash, CHANGED).toBe(SHA256_OF_VERSION[PROTOCOL_VERSION]);
  });

  test('has one hash for each version up to now', () => {
    const versions = Object.keys(SHA256_OF_VERSION).map(Number);
    expect(versions).toEqual(Array.from({ length: PROTOCOL_VERSION }, (_, i) => i + 1));
    expect(new Set(Object.values(SHA256_OF_VERSION)).size).toBe(PROTOCOL_VERSION);
  });

  test('still speaks versions that exist, and its own', () => {
    expect(MIN_SUPPORTED_VERSION).toBeGreaterThanOrEqual(1);
    expect(MIN_SUPPORTED_VERSION).toBeLessThanOrEqual(PROTOCOL_VERSION);
    expect(agreeOnVersion(SPOKEN_VERSIONS)).toBe(PROTOCOL_VERSION);
  });
});

describe('two sides', () => {
  const own = { oldest: 3, newest: 5 };

  test.each([
    ['the same versions: the newest', { oldest: 3, newest: 5 }, 5],
    ['a newer peer that still speaks ours: our newest', { oldest: 4, newest: 9 }, 5],
    ['a newer peer that just still speaks our newest: that', { oldest: 5, newest: 9 }, 5],
    ['a newer peer that no longer does: none', { oldest: 6, newest: 9 }, undefined],
    ['an older peer that we still serve: its newest', { oldest: 1, newest: 4 }, 4],
    ['an older peer that we just still serve: our oldest', { oldest: 1, newest: 3 }, 3],
    ['an older peer that we no longer serve: none', { oldest: 1, newest: 2 }, undefined],
    ['a peer whose versions are back to front: none', { oldest: 5, newest: 3 }, undefined],
  ])('agree with %s', (_, peer, agreed) => {
    expect(agreeOnVersion(peer, own)).toBe(agreed);
  });

  test('agree on the same, whichever of them asks', () => {
    for (const oldest of [1, 2, 3, 4, 5, 6]) {
      for (const newest of [1, 2, 3, 4, 5, 6].filter((version) => version >= oldest)) {
        expect(agreeOnVersion({ oldest, newest }, own)).toBe(agreeOnVersion(own, { oldest, newest }));
      }
    }
  });
});
