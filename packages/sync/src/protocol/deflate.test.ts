import { createSeededRandom, seedOfRun } from '@tributary/database/testing';
import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as browser from './deflate.browser.ts';
import * as node from './deflate.node.ts';
import { ProtocolError } from './errors.ts';

const seed = seedOfRun();
const random = createSeededRandom(seed);

const IMPLEMENTATIONS = [
  { name: 'node', own: node, other: browser },
  { name: 'the browser', own: browser, other: node },
];

/** Four megabytes that inflate to four gigabytes. */
function bomb(): Uint8Array {
  const megabyte = deflateRawSync(new Uint8Array(2 ** 20), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat(Array.from({ length: 2 ** 12 }, () => megabyte));
}

/** Noise, repetitions and everything between. */
function randomBytes(limit: number): Uint8Array {
  const letters = 1 + random.below(256);
  return Uint8Array.from({ length: random.below(limit) }, () => random.below(letters));
}

/** Undefined for what is refused. */
function outcomeOf(inflate: () => Uint8Array): Uint8Array | undefined {
  try {
    return Uint8Array.from(inflate());
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'malformed_frame') return undefined;
    throw error;
  }
}

describe.each(IMPLEMENTATIONS)('deflate in $name', ({ own, other }) => {
  test(`is undone by itself and by the other one (seed ${seed})`, () => {
    for (let i = 0; i < 200; i++) {
      const bytes = randomBytes(i % 10 === 0 ? 200_000 : 5_000);
      const deflated = own.deflate(bytes);
      expect(Buffer.compare(own.inflate(deflated, bytes.length), bytes)).toBe(0);
      expect(Buffer.compare(other.inflate(deflated, bytes.length), bytes)).toBe(0);
    }
  });

  test('is undone of nothing at all, which nothing else inflates to', () => {
    const nothing = new Uint8Array();
    expect(own.inflate(own.deflate(nothing), 0)).toHaveLength(0);
    expect(other.inflate(own.deflate(nothing), 0)).toHaveLength(0);
    expect(() => own.inflate(own.deflate(Uint8Array.of(1)), 0)).toThrow(ProtocolError);
  });

  test('makes a batch’s usual bytes smaller', () => {
    const bytes = new TextEncoder().encode('the same words, again and again; '.repeat(60));
    expect(own.deflate(bytes).length).toBeLessThan(bytes.length / 10);
  });

  test('refuses to inflate to any other size than expected', () => {
    const deflated = own.deflate(new Uint8Array(2_000));
    for (const size of [1, 1_999, 2_001, 100_000]) expect(() => own.inflate(deflated, size)).toThrow(ProtocolError);
  });

  test('refuses what ends early', () => {
    const deflated = own.deflate(Uint8Array.from({ length: 100 }, (_, i) => i));
    for (let length = 0; length < deflated.length; length++) {
      expect(() => own.inflate(deflated.subarray(0, length), 100)).toThrow(ProtocolError);
    }
  });

  test('gives up on a bomb without unpacking it', () => {
    const bytes = bomb();
    const start = performance.now();
    expect(() => own.inflate(bytes, 1_000)).toThrow(ProtocolError);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

test(`what node takes of damaged bytes, the browser takes as well (seed ${seed})`, () => {
  const counts = { refused: 0, taken: 0 };
  for (let i = 0; i < 3_000; i++) {
    const bytes = randomBytes(400);
    const deflated = Uint8Array.from((random.chance(0.5) ? node : browser).deflate(bytes));
    deflated[random.below(deflated.length)] = random.below(256);
    const taken = outcomeOf(() => node.inflate(deflated, bytes.length));
    counts[taken ? 'taken' : 'refused']++;
    if (taken === undefined) continue;
    expect(outcomeOf(() => browser.inflate(deflated, bytes.length))).toEqual(taken);
  }
  expect(Math.min(counts.refused, counts.taken)).toBeGreaterThan(100);
});

test('only node notices bytes after the end, so the relay refuses what browsers would take', () => {
  const deflated = node.deflate(new Uint8Array(100));
  const longer = Uint8Array.of(...deflated, 1, 2, 3);
  expect(() => node.inflate(longer, 100)).toThrow(ProtocolError);
  expect(browser.inflate(longer, 100)).toHaveLength(100);
});
