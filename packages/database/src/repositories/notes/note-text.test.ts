import { describe, expect, test } from 'vitest';
import {
  blockSource,
  joinBlocks,
  MAX_SPACING,
  parseBlocks,
  spacedSource,
  spells,
  type BlockContent,
} from './note-text.ts';

/** One line's kind, marker and text. */
function parsedLine(line: string) {
  const blocks = parseBlocks(line);
  expect(blocks).toHaveLength(1);
  const [{ kind, marker, text }] = blocks as [BlockContent];
  return { kind, marker, text };
}

describe('kinds of lines', () => {
  test.each([
    ['# Title', 'heading', '# ', 'Title'],
    ['###### Deep', 'heading', '###### ', 'Deep'],
    ['   ## Indented', 'heading', '   ## ', 'Indented'],
    ['#\tTab', 'heading', '#\t', 'Tab'],
    ['- item', 'bullet', '- ', 'item'],
    ['* item', 'bullet', '* ', 'item'],
    ['+ item', 'bullet', '+ ', 'item'],
    ['  - nested', 'bullet', '  - ', 'nested'],
    ['\t- tabbed', 'bullet', '\t- ', 'tabbed'],
    ['-   wide', 'bullet', '-   ', 'wide'],
    ['- ', 'bullet', '- ', ''],
    ['1. first', 'ordered', '1. ', 'first'],
    ['3) third', 'ordered', '3) ', 'third'],
    ['  123456789. long', 'ordered', '  123456789. ', 'long'],
    ['> quoted', 'quote', '> ', 'quoted'],
    ['>tight', 'quote', '>', 'tight'],
    ['> > nested', 'quote', '> > ', 'nested'],
    ['> - [ ] not a todo here', 'quote', '> ', '- [ ] not a todo here'],
    ['| a | b |', 'table', '', '| a | b |'],
    ['  |---|', 'table', '', '  |---|'],
    ['---', 'divider', '', '---'],
    ['* * *', 'divider', '', '* * *'],
    [' ___ ', 'divider', '', ' ___ '],
    ['---\r', 'divider', '', '---\r'],
    ['- - -', 'divider', '', '- - -'],
    ['plain text', 'paragraph', '', 'plain text'],
    ['    indented', 'paragraph', '', '    indented'],
    ['   ', 'paragraph', '', '   '],
    ['\t', 'paragraph', '', '\t'],
    ['\r', 'paragraph', '', '\r'],
  ] as const)('%j is a %s with the marker %j', (line, kind, marker, text) => {
    expect(parsedLine(line)).toEqual({ kind, marker, text });
  });

  test.each([
    ['#hashtag', 'a hash needs a blank after it'],
    ['####### seven', 'headings end at six'],
    ['    # code', 'four spaces are no heading'],
    ['-dash', 'a bullet needs a blank after it'],
    ['1234567890. ten digits', 'CommonMark allows nine'],
    ['--', 'a divider needs three'],
    ['-*-', 'a divider needs one character'],
    ['1.5 litres', 'a number is no list'],
    ['*emphasis*', 'a star is no bullet'],
    ['`code`', 'one backtick is no fence'],
    ['~~struck~~', 'two tildes are no fence'],
  ])('%j is a paragraph: %s', (line) => {
    expect(parsedLine(line)).toEqual({ kind: 'paragraph', marker: '', text: line });
  });
});

describe('todos', () => {
  test.each([
    ['- [ ] buy milk', '- ', 'buy milk', false],
    ['- [x] buy milk', '- ', 'buy milk', true],
    ['  * [x] nested', '  * ', 'nested', true],
    ['1. [ ] numbered', '1. ', 'numbered', false],
    ['- [ ] ', '- ', '', false],
    ['- [ ]  two blanks', '- ', ' two blanks', false],
    ['- [ ] [ ] twice', '- ', '[ ] twice', false],
  ])('%j is one', (line, marker, text, checked) => {
    expect(parseBlocks(line)).toEqual([{ kind: 'todo', marker, text, checked, spacing: 0 }]);
  });

  test.each(['- [X] capital', '- [] empty', '- [  ] wide', '- [ ]tight', '- [ ]', '- [y] other'])(
    '%j is an ordinary bullet, to the letter',
    (line) => {
      expect(parsedLine(line)).toEqual({ kind: 'bullet', marker: '- ', text: line.slice(2) });
    },
  );

  test('a box without a list is text', () => {
    expect(parsedLine('[ ] loose')).toEqual({ kind: 'paragraph', marker: '', text: '[ ] loose' });
  });

  test('ticking one is changing `checked` and nothing else', () => {
    const [open] = parseBlocks('  - [ ] call Ada') as [BlockContent];
    expect(parseBlocks('  - [x] call Ada')).toEqual([{ ...open, checked: true }]);
  });
});

describe('blank lines', () => {
  test.each([
    ['', []],
    ['a', [['a', 0]]],
    [
      'a\n',
      [
        ['a', 0],
        ['', 0],
      ],
    ],
    [
      'a\n\n\n',
      [
        ['a', 0],
        ['', 2],
      ],
    ],
    ['\n\na', [['a', 2]]],
    ['\n', [['', 1]]],
    ['\n\n\n', [['', 3]]],
    [
      'a\n\nb',
      [
        ['a', 0],
        ['b', 1],
      ],
    ],
    [
      'a\n  \nb',
      [
        ['a', 0],
        ['  ', 0],
        ['b', 0],
      ],
    ],
  ] as const)('of %j are spacing, or a last empty block', (source, expected) => {
    expect(parseBlocks(source).map(({ text, spacing }) => [text, spacing])).toEqual(expected);
  });

  test('a very long run of them continues in an empty block', () => {
    const source = `a${'\n'.repeat(MAX_SPACING + 3)}b`;
    const blocks = parseBlocks(source);
    expect(blocks.map(({ text, spacing }) => [text, spacing])).toEqual([
      ['a', 0],
      ['', MAX_SPACING],
      ['b', 1],
    ]);
    expect(joinBlocks(blocks)).toBe(source);
  });
});

describe('fenced code', () => {
  test('is one block with its whole source', () => {
    const code = '```ts\nconst a = 1;\n\n- [ ] no todo\n```';
    expect(parseBlocks(`before\n\n${code}\nafter`)).toEqual([
      { kind: 'paragraph', marker: '', text: 'before', checked: false, spacing: 0 },
      { kind: 'code', marker: '', text: code, checked: false, spacing: 1 },
      { kind: 'paragraph', marker: '', text: 'after', checked: false, spacing: 0 },
    ]);
  });

  test.each([
    ['tildes', '~~~\na\n~~~'],
    ['a longer closing fence', '```\na\n`````'],
    ['a shorter fence inside', '````\n```\nb\n```\n````'],
    ['the other fence inside', '~~~\n```\n~~~'],
    ['a closing fence with blanks', '```\na\n``` \t'],
    ['a closing fence of a file with CRLF', '```\r\na\r\n```\r'],
    ['indentation', '  ```\n  a\n  ```'],
    ['indentation in a nested list', '      ```\n      a\n      ```'],
    ['backticks in the info of tildes', '~~~ a`b\n~~~'],
    ['a fence with text, which closes nothing', '```\n``` no\n```'],
  ])('ends where it should: %s', (_, code) => {
    expect(parseBlocks(`${code}\nafter`).map(({ kind }) => kind)).toEqual(['code', 'paragraph']);
  });

  test.each(['```\nnever closed\n\nto the end', '```', '~~~\n'])(
    'runs to the end when it is not closed: %j',
    (code) => {
      expect(parseBlocks(`before\n${code}`).map(({ text }) => text)).toEqual(['before', code]);
    },
  );

  test('does not start with backticks in its info', () => {
    expect(parseBlocks('``` a`b\ntext').map(({ kind }) => kind)).toEqual(['paragraph', 'paragraph']);
  });
});

describe('joining', () => {
  test('a carriage return stays part of its line', () => {
    const source = 'a\r\n- [ ] b\r\n\r\n# c\r\n';
    expect(parseBlocks(source).map(({ text }) => text)).toEqual(['a\r', 'b\r', '\r', 'c\r', '']);
    expect(joinBlocks(parseBlocks(source))).toBe(source);
  });

  test('the box of a todo comes from `checked`', () => {
    const todo = { kind: 'todo', marker: '- ', text: 'a', checked: true, spacing: 2 } as const;
    expect(blockSource(todo)).toBe('- [x] a');
    expect(blockSource({ ...todo, checked: false })).toBe('- [ ] a');
    expect(spacedSource(todo)).toBe('\n\n- [x] a');
  });

  test('`checked` says nothing outside a todo', () => {
    expect(blockSource({ kind: 'bullet', marker: '- ', text: 'a', checked: true, spacing: 0 })).toBe('- a');
  });

  test('two empty blocks, as a merge may leave them, are two empty lines', () => {
    const empty = { kind: 'paragraph', marker: '', text: '', checked: false, spacing: 0 } as const;
    expect(joinBlocks([empty, empty])).toBe('\n');
  });
});

describe('spells', () => {
  const blocks = parseBlocks('a\n\n- [x] b\n');

  test.each(['a\n\n- [x] b\n', ''])('knows the text of the blocks: %j', (source) => {
    expect(spells(parseBlocks(source), source)).toBe(true);
  });

  test.each(['', 'a', 'a\n\n- [x] b', 'a\n\n- [x] b\n\n', 'a\n\n- [ ] b\n', 'ax\n\n- [x] b\n', 'b\n\n- [x] b\n'])(
    'tells %j from it',
    (source) => {
      expect(spells(blocks, source)).toBe(false);
    },
  );

  test('no blocks spell nothing but the empty text', () => {
    expect(spells([], 'a')).toBe(false);
    expect(spells([], '\n')).toBe(false);
  });

  test('a last empty block is a line of its own', () => {
    expect(spells(parseBlocks('a\n'), 'a')).toBe(false);
  });
});

test('patterns take no more than linear time on hostile lines', () => {
  const length = 200_000;
  const lines = ['- ', '> ', '* ', '_ ', '-\t', ' ', '1', '`', '~', '|', '#'].map((unit) => `${unit.repeat(length)}!`);
  const start = performance.now();
  for (const line of lines) expect(joinBlocks(parseBlocks(line))).toBe(line);
  expect(performance.now() - start).toBeLessThan(2_000);
});

test('many fences take no more than linear time', () => {
  const source = '```\n```\n'.repeat(20_000);
  const start = performance.now();
  expect(parseBlocks(source)).toHaveLength(20_001);
  expect(performance.now() - start).toBeLessThan(2_000);
});
