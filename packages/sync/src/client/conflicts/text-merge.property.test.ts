import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeTexts } from './text-merge.ts';
import { splitTokens } from './text-pieces.ts';

const WORDS = ['milk', 'eggs', 'and', 'oat', 'buy', '我', '吃', '苹'];
const GAPS = [' ', ', ', '. ', '\n', '\n\n', '  '];

const text = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(...GAPS)), { maxLength: 25 })
  .map((pairs) => pairs.flat().join(''));

interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

const edits = (words: string) =>
  fc.array(
    fc.record({
      at: fc.nat({ max: 60 }),
      removed: fc.nat({ max: 4 }),
      inserted: fc.constantFrom('', `${words} `, ` ${words}`, `${words}, ${words}`, `\n${words}\n`),
    }),
    { maxLength: 4 },
  );

/** Each inserted word gets a number, so that it can be told from every other. */
function apply(base: string, made: readonly Edit[], author: string): string {
  const tokens = [...splitTokens(base)];
  let number = 0;
  for (const { at, removed, inserted } of made) {
    const named = inserted.replaceAll(author, () => `${author}${number++}`);
    tokens.splice(at % (tokens.length + 1), removed, ...splitTokens(named));
  }
  return tokens.join('');
}

/** A base and two texts made from it. */
const history = fc
  .tuple(text, edits('local'), edits('remote'))
  .map(([base, mine, theirs]) => ({ base, local: apply(base, mine, 'local'), remote: apply(base, theirs, 'remote') }));

const runs = { numRuns: 2_000 };

describe('a three-way merge', () => {
  test('takes over what only one side changed, and what both changed alike', () => {
    fc.assert(
      fc.property(text, text, (base, edited) => {
        expect(mergeTexts(base, edited, base)).toEqual({ text: edited, isClean: true });
        expect(mergeTexts(base, base, edited)).toEqual({ text: edited, isClean: true });
        expect(mergeTexts(base, edited, edited)).toEqual({ text: edited, isClean: true });
      }),
      runs,
    );
  });

  test('that is clean is the same one whichever side is local; one that is not has the same words at least', () => {
    let clean = 0;
    fc.assert(
      fc.property(history, ({ base, local, remote }) => {
        const [one, other] = [mergeTexts(base, local, remote), mergeTexts(base, remote, local)];
        expect(one.isClean).toBe(other.isClean);
        if (one.isClean) expect(one.text).toBe(other.text);
        expect(wordsOf(one.text).sort()).toEqual(wordsOf(other.text).sort());
        clean += Number(one.isClean);
      }),
      runs,
    );
    expect(clean).toBeGreaterThan(runs.numRuns / 10);
  });

  test('loses no word that either side has written', () => {
    fc.assert(
      fc.property(history, ({ base, local, remote }) => {
        const merged = wordsOf(mergeTexts(base, local, remote).text);
        for (const word of [...wordsOf(local), ...wordsOf(remote)].filter((each) => /\d/.test(each))) {
          expect(merged).toContain(word);
        }
      }),
      runs,
    );
  });

  test('loses nothing that either side has more of than the base', () => {
    fc.assert(
      fc.property(text, text, text, (base, local, remote) => {
        const [merged, before] = [countsOf(mergeTexts(base, local, remote).text), countsOf(base)];
        for (const side of [local, remote]) {
          for (const [word, count] of countsOf(side)) {
            expect(merged.get(word) ?? 0).toBeGreaterThanOrEqual(count - (before.get(word) ?? 0));
          }
        }
      }),
      runs,
    );
  });

  test('brings nothing that no text had', () => {
    fc.assert(
      fc.property(history, ({ base, local, remote }) => {
        const known = new Set([...wordsOf(local), ...wordsOf(remote)]);
        for (const word of wordsOf(mergeTexts(base, local, remote).text)) expect(known).toContain(word);
      }),
      runs,
    );
  });

  test('takes any text', () => {
    const any = fc.string({ unit: 'binary', maxLength: 80 });
    fc.assert(
      fc.property(any, any, any, (base, local, remote) => {
        expect(typeof mergeTexts(base, local, remote).text).toBe('string');
        expect(mergeTexts(base, local, base).text).toBe(local);
      }),
      runs,
    );
  });
});

describe('a merge without a base', () => {
  test('has all words of both, in their order', () => {
    fc.assert(
      fc.property(text, text, (local, remote) => {
        const merged = wordsOf(mergeTexts(undefined, local, remote).text);
        expect(isWithin(wordsOf(local), merged)).toBe(true);
        expect(isWithin(wordsOf(remote), merged)).toBe(true);
      }),
      runs,
    );
  });

  test('has what they share once', () => {
    fc.assert(
      fc.property(text, text, (shared, added) => {
        for (const extended of [shared + added, added + shared]) {
          expect(mergeTexts(undefined, shared, extended).text).toBe(extended);
          expect(mergeTexts(undefined, extended, shared).text).toBe(extended);
        }
      }),
      runs,
    );
  });

  test('that is clean is the same one whichever side is local', () => {
    fc.assert(
      fc.property(history, ({ local, remote }) => {
        const [one, other] = [mergeTexts(undefined, local, remote), mergeTexts(undefined, remote, local)];
        expect(one.isClean).toBe(other.isClean);
        if (one.isClean) expect(one.text).toBe(other.text);
      }),
      runs,
    );
  });
});

function wordsOf(merged: string): string[] {
  return splitTokens(merged).filter((token) => /[\p{L}\p{N}]/u.test(token));
}

function countsOf(merged: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of wordsOf(merged)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const item of whole) if (item === part[at]) at++;
  return at === part.length;
}
