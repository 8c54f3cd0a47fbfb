/** What people type. The words are those of the dataset, by how common they are; each repeat asks for others. */
import { randomOf, textsOf, WORDS } from './dataset.mjs';

export const QUERIES = [
  { name: 'one word, rare', textOf: (i) => `${word(i, 5_000, 30_000)} ` },
  { name: 'one word, of the middle', textOf: (i) => `${word(i, 200, 2_000)} ` },
  { name: 'one word, the most common', textOf: (i) => `${WORDS[i % 10]} ` },
  { name: 'two words', textOf: (i) => `${word(i, 50, 1_000)} ${word(i + 1, 50, 1_000)} ` },
  { name: 'two common words', textOf: (i) => `${WORDS[i % 10]} ${WORDS[(i + 3) % 10]} ` },
  { name: 'two letters, unfinished', textOf: (i) => word(i, 0, 20_000).slice(0, 2) },
  { name: 'three letters, unfinished', textOf: (i) => word(i, 0, 20_000).slice(0, 3) },
  {
    name: 'a word and five letters, unfinished',
    textOf: (i) => `${word(i, 50, 1_000)} ${word(i, 0, 20_000).slice(0, 5)}`,
  },
  { name: 'a phrase of two words', textOf: (i) => `"${phrase(i)}"` },
  { name: 'a word but not another', textOf: (i) => `${word(i, 50, 1_000)} -${word(i, 0, 50)}` },
  { name: 'one word in one kind', kinds: ['note'], textOf: (i) => `${WORDS[i % 10]} ` },
  { name: 'two Chinese characters', textOf: (i) => run(i, 2) },
  { name: 'four Chinese characters', textOf: (i) => run(i, 4) },
  { name: 'a typing mistake', textOf: (i) => misspelled(titleWord(i)) },
  { name: 'nothing found', textOf: (i) => `xyzzy${i} ` },
  { name: 'one word, in a small workspace', workspace: 'small-3', textOf: (i) => `${word(i, 50, 2_000)} ` },
];

function word(i, from, to) {
  return WORDS[from + Math.floor(randomOf(i + 7_000)() * (to - from))];
}

function phrase(i) {
  const words = textsOf(20 * i + 1).body.split(' ');
  return words.slice(5, 7).join(' ');
}

function run(i, length) {
  return textsOf(20 * i).body.slice(3, 3 + length);
}

function titleWord(i) {
  return textsOf(10 * i + 1)
    .title.split(' ')
    .toSorted((a, b) => b.length - a.length)[0];
}

function misspelled(text) {
  return `${text.slice(0, 2)}x${text.slice(3)} `;
}
