import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBlocks } from './note-text.ts';
import { columnsWrittenBy, exchange, openTestWorkspace } from '../../testing/test-workspace.ts';

const line = fc.oneof(
  fc.constantFrom('', '', '# Heading', '- [ ] todo', '- [x] done', '- item', '> quote', '```', '---', '| a |', '   '),
  fc.string({ maxLength: 30 }).map((text) => text.replaceAll('\n', ' ')),
);

const lines = fc.array(line, { maxLength: 25 });

/** Distinct lines that are one block each, so that a test knows which is which. */
const plainLines = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,12}( [a-z]{1,8}){0,4}$/), {
  minLength: 1,
  maxLength: 20,
});

test('whatever is saved reads back, over any history', () => {
  const { notes } = openTestWorkspace();
  fc.assert(
    fc.property(fc.array(lines, { minLength: 1, maxLength: 5 }), (versions) => {
      const { id } = notes.create({});
      for (const version of versions) {
        const text = version.join('\n');
        notes.setText(id, text);
        expect(notes.getText(id)).toBe(text);
      }
    }),
    { numRuns: 200 },
  );
});

test('what is stored after an edit is what would be stored without a history', () => {
  const { notes } = openTestWorkspace();
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const { id } = notes.create({ text: before.join('\n') });
      notes.setText(id, after.join('\n'));
      const stored = notes.blocks(id).map(({ kind, marker, text, spacing }) => ({ kind, marker, text, spacing }));
      expect(parseBlocks(after.join('\n'))).toMatchObject(stored);
    }),
    { numRuns: 200 },
  );
});

test('a random edit of a random text leaves the ids of other blocks alone', () => {
  const { notes } = openTestWorkspace();
  fc.assert(
    fc.property(lines, lines, lines, lines, (head, removed, added, tail) => {
      // Headings around the place, so that what is edited cannot run into what is not.
      const ends = [
        [...head, '# Before'],
        ['# After', ...tail],
      ] as const;
      const isClosed = [...head, ...removed, ...added, ...tail].every((text) => text !== '```');
      fc.pre(isClosed);
      const { id } = notes.create({ text: [...ends[0], ...removed, ...ends[1]].join('\n') });
      const before = notes.blocks(id);
      notes.setText(id, [...ends[0], ...added, ...ends[1]].join('\n'));
      const after = notes.blocks(id);
      const headBlocks = parseBlocks(ends[0].join('\n')).length;
      expect(after.slice(0, headBlocks).map((block) => block.id)).toEqual(
        before.slice(0, headBlocks).map((block) => block.id),
      );
      const tailBlocks = parseBlocks(ends[1].join('\n')).length;
      expect(after.slice(-tailBlocks).map((block) => block.id)).toEqual(
        before.slice(-tailBlocks).map((block) => block.id),
      );
    }),
    { numRuns: 200 },
  );
});

test('a single edit writes the fewest cells there are', () => {
  const workspace = openTestWorkspace();
  const { notes } = workspace;
  const cellsOf = (before: readonly string[], after: readonly string[]) => {
    const { id } = notes.create({ text: before.join('\n') });
    return columnsWrittenBy(workspace, () => notes.setText(id, after.join('\n'))).filter((cell) =>
      cell.startsWith('note_blocks'),
    );
  };
  fc.assert(
    fc.property(plainLines, fc.nat(), (before, seed) => {
      const at = seed % before.length;
      expect(cellsOf(before, before.with(at, 'Rewritten'))).toEqual(['note_blocks.text']);
      expect(cellsOf(before, before.with(at, ` ${before[at]}`))).toEqual(['note_blocks.text']);
      expect(cellsOf(before, before.toSpliced(at, 1))).toEqual(['note_blocks.-1']);
      expect(cellsOf(before, before.toSpliced(at, 0, 'Inserted'))).toEqual(
        ['checked', 'kind', 'marker', 'position', 'spacing', 'text'].map((column) => `note_blocks.${column}`),
      );
      const moved = [...before.toSpliced(at, 1), before[at]!];
      expect(cellsOf(before, moved)).toEqual(at === before.length - 1 ? [] : ['note_blocks.position']);
    }),
    { numRuns: 150 },
  );
});

test('two replicas that edit one note at once agree on its text, and both can go on', () => {
  fc.assert(
    fc.property(lines, lines, lines, (base, ours, theirs) => {
      const [one, other] = [openTestWorkspace(), openTestWorkspace()];
      const { id } = one.notes.create({ text: base.join('\n') });
      exchange(one, other);
      one.notes.setText(id, ours.join('\n'));
      other.notes.setText(id, theirs.join('\n'));
      exchange(one, other);
      const merged = one.notes.getText(id);
      expect(other.notes.getText(id)).toBe(merged);
      one.notes.setText(id, `${merged}\nmore`);
      expect(one.notes.getText(id)).toBe(`${merged}\nmore`);
      one.replica.close();
      other.replica.close();
    }),
    { numRuns: 40 },
  );
});
