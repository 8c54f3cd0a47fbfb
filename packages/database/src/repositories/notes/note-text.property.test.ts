import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinBlocks, parseBlocks, spells } from './note-text.ts';

/** Text made of what Markdown is made of. */
const markdown = fc
  .array(
    // prettier-ignore
    fc.constantFrom(
      '\n', '\n\n', '\r\n', ' ', '\t', '    ', '```', '~~~', '````', '`', '- ', '* ', '1. ', '> ', '# ', '---',
      '[ ] ', '[x] ', '[X] ', '|', 'a', 'word', 'é', '🙂', '\0', '\u2028', '\\',
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

const anyText = fc.oneof(markdown, fc.string({ unit: 'binary' }), fc.string(), fc.string({ unit: 'grapheme' }));

test('joining what was parsed gives every text back', () => {
  fc.assert(
    fc.property(anyText, (source) => {
      expect(joinBlocks(parseBlocks(source))).toBe(source);
    }),
    { numRuns: 3_000 },
  );
});

test('what was joined is parsed into the same blocks', () => {
  fc.assert(
    fc.property(markdown, (source) => {
      const blocks = parseBlocks(source);
      expect(parseBlocks(joinBlocks(blocks))).toEqual(blocks);
    }),
  );
});

test('only code spans several lines, and it has no marker', () => {
  fc.assert(
    fc.property(markdown, (source) => {
      const isSound = parseBlocks(source).every(({ kind, marker, text }) =>
        kind === 'code' ? marker === '' : !`${marker}${text}`.includes('\n'),
      );
      expect(isSound).toBe(true);
    }),
  );
});

test('every block but the last has a text or a marker', () => {
  fc.assert(
    fc.property(markdown, (source) => {
      for (const { marker, text } of parseBlocks(source).slice(0, -1)) expect(marker + text).not.toBe('');
    }),
  );
});

test('spells agrees with joining', () => {
  fc.assert(
    fc.property(anyText, anyText, (source, other) => {
      expect(spells(parseBlocks(source), source)).toBe(true);
      expect(spells(parseBlocks(source), other)).toBe(source === other);
      expect(spells(parseBlocks(source), `${source}\n`)).toBe(false);
    }),
  );
});
