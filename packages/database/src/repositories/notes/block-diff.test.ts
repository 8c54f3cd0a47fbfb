import { generateNKeysBetween } from 'fractional-indexing';
import { describe, expect, test } from 'vitest';
import { diffBlocks, type BlockChanges, type StoredBlock } from './block-diff.ts';
import { joinBlocks, parseBlocks } from './note-text.ts';

/** The blocks of a text as they are stored; their ids are their numbers. */
function stored(source: string): StoredBlock[] {
  const blocks = parseBlocks(source);
  const positions = generateNKeysBetween(null, null, blocks.length);
  return blocks.map((block, at) => Object.assign(block, { id: String(at), position: positions[at]! }));
}

function diff(before: readonly StoredBlock[], after: string): BlockChanges {
  const changes = diffBlocks({ stored: before, wanted: parseBlocks(after), seed: 5 });
  expect(joinBlocks(applied(before, changes))).toBe(after);
  return changes;
}

/** What a replica would hold, and in which order. */
function applied(before: readonly StoredBlock[], { inserted, updated, deleted }: BlockChanges): StoredBlock[] {
  const rows = new Map(before.map((block) => [block.id, block]));
  for (const id of deleted) rows.delete(id);
  for (const { id, cells } of updated) rows.set(id, { ...rows.get(id)!, ...cells });
  for (const [at, cells] of inserted.entries()) rows.set(`new ${at}`, { ...cells, id: `new ${at}` });
  const keyOf = ({ position, id }: StoredBlock) => `${position} ${id}`;
  return [...rows.values()].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

const NOTHING = { inserted: [], updated: [], deleted: [] };

describe('a single edit takes the cells it needs', () => {
  const before = stored('# Title\n\nFirst paragraph\n\n- [ ] task\nlast');

  test('none for the same text', () => {
    expect(diff(before, '# Title\n\nFirst paragraph\n\n- [ ] task\nlast')).toEqual(NOTHING);
  });

  test('one for a word', () => {
    expect(diff(before, '# Title\n\nFirst long paragraph\n\n- [ ] task\nlast')).toEqual({
      ...NOTHING,
      updated: [{ id: '1', cells: { text: 'First long paragraph' } }],
    });
  });

  test('one for a tick', () => {
    expect(diff(before, '# Title\n\nFirst paragraph\n\n- [x] task\nlast')).toEqual({
      ...NOTHING,
      updated: [{ id: '2', cells: { checked: true } }],
    });
  });

  test('one for a blank line', () => {
    expect(diff(before, '# Title\n\n\nFirst paragraph\n\n- [ ] task\nlast')).toEqual({
      ...NOTHING,
      updated: [{ id: '1', cells: { spacing: 2 } }],
    });
  });

  test('one for the level of a heading', () => {
    expect(diff(before, '## Title\n\nFirst paragraph\n\n- [ ] task\nlast')).toEqual({
      ...NOTHING,
      updated: [{ id: '0', cells: { marker: '## ' } }],
    });
  });

  test('kind and marker for a paragraph that becomes a bullet', () => {
    expect(diff(before, '# Title\n\nFirst paragraph\n\n- [ ] task\n- last')).toEqual({
      ...NOTHING,
      updated: [{ id: '3', cells: { kind: 'bullet', marker: '- ' } }],
    });
  });

  test('the kind for a todo that becomes a bullet, whatever its box', () => {
    expect(diff(stored('- [x] task'), '- task').updated).toEqual([{ id: '0', cells: { kind: 'bullet' } }]);
  });

  test('one row for a new line', () => {
    const { inserted, updated, deleted } = diff(before, '# Title\n\nFirst paragraph\n\n- [ ] task\nnew\nlast');
    expect(inserted).toMatchObject([{ kind: 'paragraph', text: 'new' }]);
    expect([updated, deleted]).toEqual([[], []]);
  });

  test('one row for a line that is gone', () => {
    expect(diff(before, '# Title\n\nFirst paragraph\n\n- [ ] task')).toEqual({ ...NOTHING, deleted: ['3'] });
  });

  test('one for a line that moved', () => {
    const { inserted, updated, deleted } = diff(stored('a\nb\nc\nd'), 'a\nc\nd\nb');
    expect(updated).toMatchObject([{ id: '1', cells: { position: expect.any(String) } }]);
    expect(Object.keys(updated[0]!.cells)).toEqual(['position']);
    expect([inserted, deleted]).toEqual([[], []]);
  });

  test('all rows for an emptied note', () => {
    expect(diff(before, '')).toEqual({ ...NOTHING, deleted: ['0', '1', '2', '3'] });
  });
});

describe('several edits at once', () => {
  test('each take their own cells', () => {
    const { inserted, updated, deleted } = diff(
      stored('# Plan\none is here\ntwo is here\nthree is here\nfour is here\nend'),
      '# The Plan\none is here\nfour is here\nthree is here\nnew\nend',
    );
    expect(deleted).toEqual(['2']);
    expect(updated.map(({ id }) => id)).toEqual(['0', '4']);
    expect(inserted.map(({ text }) => text)).toEqual(['new']);
  });

  test('opening a fence folds what follows into one block', () => {
    const { updated, deleted } = diff(stored('a\nb\nc'), '```\na\nb\nc');
    expect([...updated.map(({ id }) => id), ...deleted].sort()).toEqual(['0', '1', '2']);
  });
});

describe('what a merge may have left', () => {
  const block = { kind: 'paragraph', marker: '', checked: false, spacing: 0 } as const;

  function paragraph(text: string, id: string, position: string): StoredBlock {
    return { ...block, text, id, position };
  }

  test('tied positions are parted when a block comes between them', () => {
    const tied = [paragraph('x', '0', 'a0'), paragraph('y', '1', 'a0')];
    const { updated, inserted } = diff(tied, 'x\nnew\ny');
    expect(inserted).toHaveLength(1);
    expect(updated.map(({ cells }) => Object.keys(cells))).toEqual([['position']]);
  });

  test('tied positions elsewhere are left alone', () => {
    const tied = ['x', 'y', 'z'].map((text, at): StoredBlock => ({
      ...block,
      text,
      id: String(at),
      position: ['a0', 'a0', 'a1'][at]!,
    }));
    expect(diff(tied, 'x\ny\nz\nnew').updated).toEqual([]);
  });

  test.each(['', '!!', 'a', 'a00', '~'])('the malformed position %j is replaced where it is in the way', (position) => {
    const odd = [paragraph('x', '0', position), paragraph('y', '1', position)];
    const { updated } = diff(odd, 'x\nnew\ny');
    expect(updated.map(({ id }) => id)).toEqual(['0', '1']);
  });

  test('equal source in other columns is left alone', () => {
    const literal = paragraph('## Title', '0', 'a0');
    const newer = { ...block, kind: 'callout' as 'quote', marker: '> ', text: '[!note]', id: '1', position: 'a1' };
    expect(diff([literal, newer], '## Title\n> [!note]\nnew').updated).toEqual([]);
    expect(diff([literal, newer], 'new\n## Title\n> [!note]').updated).toEqual([]);
  });

  test('an edit puts the columns right', () => {
    const literal = paragraph('## Title', '0', 'a0');
    expect(diff([literal], '## Titles').updated).toEqual([
      { id: '0', cells: { kind: 'heading', marker: '## ', text: 'Titles' } },
    ]);
  });

  test('a block of several lines is taken apart by the next edit', () => {
    const merged: StoredBlock = { ...block, marker: '- ', kind: 'code', text: '```\na\n```', id: '0', position: 'a0' };
    const { deleted, updated, inserted } = diff([merged], '- ```\na\n```\nend');
    expect(deleted.length + updated.length).toBe(1);
    expect(inserted.length).toBeGreaterThan(0);
  });
});
