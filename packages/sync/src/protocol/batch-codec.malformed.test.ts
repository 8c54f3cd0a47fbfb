/** Each thing that makes a batch malformed, one by one. */
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { MAX_DB_VERSION } from '@tributary/database/changes';
import { describe, expect, test } from 'vitest';
import { decodeBatch } from './batch-codec.ts';
import { deflate } from './deflate.node.ts';
import { BatchBodySchema, BatchSchema } from './gen/tributary_pb.ts';
import { MAX_INFLATED_BYTES } from './limits.ts';
import { AUTHOR, OTHER_SITE } from './testing/example-batch.ts';

type Header = MessageInitShape<typeof BatchSchema>;
type Body = MessageInitShape<typeof BatchBodySchema>;

/** A sound message of two changes of one row, but for what is to be wrong with it. */
function message(header: Header, body: Body): Uint8Array {
  const content = create(BatchBodySchema, {
    tables: ['notes'],
    columns: ['title'],
    keys: Uint8Array.of(1, 0x61),
    types: Uint8Array.of(3, 3),
    texts: new TextEncoder().encode('aé'),
    textLengths: [1],
    ...body,
  });
  const defaults = { prevVersion: 8n, toVersion: 9n, changeCount: 2, body: toBinary(BatchBodySchema, content) };
  return toBinary(BatchSchema, create(BatchSchema, { ...defaults, ...header }));
}

function expectMalformed(bytes: Uint8Array): void {
  expect(() => decodeBatch(bytes, AUTHOR)).toThrow(expect.objectContaining({ code: 'malformed_frame' }));
}

describe('a batch is malformed', () => {
  test('unless it is as it was sent', () => {
    expect(decodeBatch(message({}, {}), AUTHOR).changes.map(({ val }) => val)).toEqual(['a', 'é']);
  });

  test.each<[string, Header]>([
    ['covers no version', { prevVersion: 9n }],
    ['goes backwards', { prevVersion: 10n }],
    ['has a version beyond the greatest', { toVersion: BigInt(MAX_DB_VERSION) + 1n }],
    ['has a version of 64 bits', { toVersion: 2n ** 64n - 1n }],
    ['has a base that is no safe integer', { base: 2n ** 53n }],
    ['is a fragment beyond the last', { fragment: 2, fragments: 2 }],
    ['is a fragment of none', { fragment: 1 }],
    ['has a change less than it names', { changeCount: 3 }],
    ['has a change more than it names', { changeCount: 1 }],
    ['has changes and names none', { changeCount: 0 }],
    ['says that it is deflated', { inflatedBytes: 20 }],
    ['has no body', { body: new Uint8Array(0) }],
  ])('that %s', (_, header) => {
    expectMalformed(message(header, {}));
  });

  test.each<[string, Body]>([
    ['no table', { tables: [] }],
    ['no column', { columns: [] }],
    ['more tables than changes', { tables: ['a', 'b', 'c'] }],
    ['a table outside of the dictionary', { rowTables: [1] }],
    ['a column outside of the dictionary', { cellColumns: [0, 1] }],
    ['sites, and is no refill', { sites: [OTHER_SITE] }],
    ['sites of cells, and is no refill', { cellSites: [0, 0] }],
    ['no key', { keys: new Uint8Array(0) }],
    ['a key that was not yet used', { rowKeys: [1] }],
    ['a key that no row uses', { keys: Uint8Array.of(1, 0x61, 1, 0x62), keyLengths: [2] }],
    ['a key of an unknown form', { keys: Uint8Array.of(3, 0x61) }],
    ['a key of half a UUID', { keys: Uint8Array.of(2, 1, 2, 3) }],
    ['a key of an empty text in the form of another', { keys: Uint8Array.of(1) }],
    ['keys that are shorter than their lengths', { keyLengths: [3], rowSizes: [1] }],
    ['an empty run of a version', { versionSizes: [0] }],
    ['a run of a version beyond the last change', { versionSizes: [2] }],
    ['more versions than runs of them', { versionGaps: [0n, 0n] }],
    ['fewer versions than runs of them', { versionSizes: [1], versionGaps: [0n] }],
    ['a version below 0', { versionGaps: [10n] }],
    ['a version beyond the greatest', { versionGaps: [-(2n ** 48n)] }],
    ['a version of 64 bits', { versionGaps: [2n ** 62n] }],
    ['an empty run of a row', { rowSizes: [0] }],
    ['a run of a row beyond the last change', { rowSizes: [3] }],
    ['a row more than runs of them', { causalLengths: [1, 1] }],
    ['fewer column versions than changes', { cellVersions: [2] }],
    ['more column versions than changes', { cellVersions: [2, 2, 2] }],
    ['a seq below 0', { cellSeqs: [-1, 0] }],
    ['a seq of 32 bits', { cellSeqs: [2 ** 31 - 1, 0] }],
    ['a type that is unknown', { types: Uint8Array.of(3, 6) }],
    ['a text that is not UTF-8', { texts: Uint8Array.of(0x61, 0xff) }],
    ['texts that are cut within a character', { textLengths: [2] }],
    ['texts that are shorter than their lengths', { textLengths: [4] }],
    ['a text more than values', { textLengths: [1, 1] }],
    ['texts that no value takes', { types: Uint8Array.of(0, 0) }],
    ['fewer integers than values', { types: Uint8Array.of(3, 1), textLengths: [] }],
    ['integers that no value takes', { integers: [1n] }],
    ['fewer reals than values', { types: Uint8Array.of(3, 2), textLengths: [] }],
    ['reals that no value takes', { reals: [1] }],
    ['a real that is not a number', { types: Uint8Array.of(3, 2), textLengths: [], reals: [Number.NaN] }],
    ['blobs that no value takes', { blobs: Uint8Array.of(1) }],
    ['lengths of blobs that no value takes', { blobLengths: [1] }],
    ['fewer UUIDs than values', { types: Uint8Array.of(3, 5), textLengths: [] }],
    ['UUIDs that no value takes', { uuids: new Uint8Array(16) }],
    ['half a UUID', { uuids: new Uint8Array(8) }],
  ])('that has %s', (_, body) => {
    expectMalformed(message({}, body));
  });
});

describe('a batch is malformed on the wire', () => {
  const sound = message({}, {});

  test('unless it is as it was sent', () => {
    expect(decodeBatch(Uint8Array.of(...sound), AUTHOR).toVersion).toBe(9);
  });

  test.each<[string, number[]]>([
    ['an unknown field, which might change what the others mean', [0x78, 1]],
    ['a field twice', [0x10, 9]],
    ['a number where bytes should be', [0x48, 1]],
    ['bytes where a number should be', [0x0a, 0]],
    ['a group', [0x7b, 0x7c]],
    ['the field 0', [0x00, 0x00]],
    ['a tag and nothing more', [0x18]],
    ['a flag that is neither set nor not', [0x20, 2]],
    ['a number without an end', [0x18, ...Array.from({ length: 12 }, () => 0x80)]],
    ['a number of 70 bits', [0x18, ...Array.from({ length: 9 }, () => 0xff), 0x7f]],
  ])('that has %s', (_, bytes) => {
    expectMalformed(Uint8Array.of(...sound, ...bytes));
  });

  test('that ends early, once it has named its changes', () => {
    expect(sound.subarray(0, 5)).toEqual(Uint8Array.of(0x08, 8, 0x10, 9, 0x38));
    for (let length = 5; length < sound.length; length++) expectMalformed(sound.subarray(0, length));
  });

  test('that has a name that is not UTF-8', () => {
    expectMalformed(replaced(sound, 'notes', Uint8Array.of(0x6e, 0xff, 0x74, 0x65, 0x73)));
    expectMalformed(replaced(sound, 'title', Uint8Array.of(0x74, 0x69, 0x74, 0x6c, 0xc3)));
  });

  test('that is a refill with no site, or half of one', () => {
    expectMalformed(message({ refill: true }, {}));
    expectMalformed(message({ refill: true }, { sites: [new Uint8Array(15)] }));
    expect(decodeBatch(message({ refill: true }, { sites: [OTHER_SITE] }), AUTHOR).changes[0]!.siteId).toEqual(
      OTHER_SITE,
    );
  });
});

function replaced(bytes: Uint8Array, text: string, by: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.set(by, copy.indexOf(text));
  return copy;
}

describe('a deflated batch', () => {
  const plain = fromBinary(BatchSchema, message({}, {})).body;
  const deflated = deflate(plain);
  const inflatedBytes = plain.length;

  test('is read like any other', () => {
    expect(decodeBatch(message({ body: deflated, inflatedBytes }, {}), AUTHOR)).toEqual(
      decodeBatch(message({}, {}), AUTHOR),
    );
  });

  test('is malformed unless all of its bytes inflate to just the size that it names', () => {
    for (const difference of [-1, 1]) {
      expectMalformed(message({ body: deflated, inflatedBytes: inflatedBytes + difference }, {}));
    }
    expectMalformed(message({ body: Uint8Array.of(...deflated, 0), inflatedBytes }, {}));
    expectMalformed(message({ body: deflated.subarray(0, -1), inflatedBytes }, {}));
    expectMalformed(message({ body: deflated, inflatedBytes: 0 }, {}));
  });

  test('is refused before it is inflated where it names more than the limit, or than it can hold', () => {
    const zeros = deflate(new Uint8Array(MAX_INFLATED_BYTES + 1));
    expectMalformed(message({ body: zeros, inflatedBytes: MAX_INFLATED_BYTES + 1 }, {}));
    expectMalformed(message({ body: deflated, inflatedBytes: MAX_INFLATED_BYTES }, {}));
  });
});

describe('a few bytes that ask for much', () => {
  test('are refused by the number of changes, which may be limited', () => {
    expect(() => decodeBatch(message({}, {}), AUTHOR, 1)).toThrow('a batch has 2 changes, more than 1');
    expect(decodeBatch(message({}, {}), AUTHOR, 2).changes).toHaveLength(2);
    expectMalformed(message({ changeCount: 2 ** 32 - 1 }, { types: new Uint8Array(0) }));
    expectMalformed(message({ changeCount: 1_000_000 }, { types: new Uint8Array(0) }));
  });

  test('are refused when their dictionaries are longer than their changes', () => {
    const tables = Array.from({ length: 500_000 }, () => '');
    expectMalformed(message({ changeCount: 2 }, { tables }));
  });
});
