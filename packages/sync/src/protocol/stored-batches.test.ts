/**
 * Logs keep batches for good. These bytes were stored by version 1 of the protocol, and every later version has to read
 * them as it did, whatever it writes itself.
 */
import { packKey, SENTINEL, type Change } from '@tributary/database/changes';
import { expect, test } from 'vitest';
import { decodeBatch, encodeBatch } from './batch-codec.ts';
import type { Batch } from './batch.ts';
import { AUTHOR, batchOf, change, OTHER_SITE } from './testing/example-batch.ts';

const UUID = '01932b3c-8f00-7abc-9def-0123456789ab';

const EVERY_TYPE: Change[] = [
  change({ pk: packKey([UUID]), cid: 'text', val: 'naïve 😀', dbVersion: 3, seq: 0 }),
  change({ pk: packKey([UUID]), cid: 'empty', val: '', dbVersion: 3, seq: 1 }),
  change({ pk: packKey([UUID]), cid: 'owner', val: UUID, dbVersion: 3, seq: 4 }),
  change({ table: 'links', pk: packKey([UUID, 5n]), cid: 'small', val: -7n, dbVersion: 3, seq: 2, cl: 3 }),
  change({ table: 'links', pk: packKey([UUID, 5n]), cid: 'large', val: -(2n ** 63n), dbVersion: 7, seq: 0, cl: 3 }),
  change({ pk: packKey(['r123']), cid: 'real', val: -0, dbVersion: 7, seq: 1, colVersion: 2 ** 31 - 1 }),
  change({ pk: packKey([UUID]), cid: 'blob', val: Uint8Array.of(0, 255), dbVersion: 9, seq: 0 }),
  change({ pk: packKey(['r123']), cid: SENTINEL, val: null, dbVersion: 9, seq: 1, colVersion: 2, cl: 2 }),
];

const STORED: [string, Batch, string][] = [
  [
    'of every type',
    batchOf(EVERY_TYPE, { prevVersion: 2, toVersion: 10, base: 70_000 }),
    '0802100a18f0a20438084a98022a02040232030602025a0800000405000000000a056e6f7465730a056c696e6b731a400201' +
      '932b3c8f007abc9def0123456789ab00020b2430313933326233632d386630302d376162632d396465662d30313233343536' +
      '3738396162090501723132332202112a3a04030201014205000000030182010500010000008a010501030101021204746578' +
      '741205656d70747912056f776e65721205736d616c6c12056c6172676512047265616c1204626c6f6212022d314a08000102' +
      '0304050607520c0101010101ffffffff070102620803030501010204006a0b0dffffffffffffffffff017208000000000000' +
      '00807a0b6e61c3af766520f09f98809201010b9a010200ffba011001932b3c8f007abc9def0123456789ab',
  ],
  [
    'that was refilled, as a fragment',
    batchOf([change({}), change({ siteId: OTHER_SITE, dbVersion: 2 ** 40 })], {
      refill: true,
      fragment: { index: 1, count: 2 },
    }),
    '0808100920012801300238024a5a2a0101320cecffffffff3fedffffffff3f0a056e6f7465731a05017231323312026331a2' +
      '011007070707070707070707070707070707a2011008080808080808080808080808080808aa01020001620203037a027878' +
      '92010101',
  ],
  [
    'that was deflated',
    batchOf([change({ val: 'again and '.repeat(120) })]),
    '08081009380140c8094a2ee362cdcb2f492d9662652c32343216624a364c6264aedac099989e9899a7909897a230ca1a658d' +
      'b24659839b0500',
  ],
];

test.each(STORED)('a batch %s is read as it was written', (_, batch, hex) => {
  expect(decodeBatch(Buffer.from(hex, 'hex'), AUTHOR)).toStrictEqual(batch);
});

test.each(STORED.slice(0, 2))('a batch %s is still written like that', (_, batch, hex) => {
  expect(Buffer.from(encodeBatch(batch)).toString('hex')).toBe(hex);
});
