/** A workspace of many documents, the same ones each time: words as frequent as words are, in titles and texts of usual length. */

const VOCABULARY = 30_000;
const SYLLABLES = ['ba', 'ce', 'di', 'fo', 'gu', 'ha', 'ke', 'li', 'mo', 'nu', 'pa', 're', 'si', 'to', 'vu', 'za'];
const HAN = Array.from({ length: 600 }, (_, i) => String.fromCodePoint(0x4e00 + i * 7));

export const WORDS = Array.from({ length: VOCABULARY }, (_, i) => wordOf(i));
export const WORKSPACES = ['large', ...Array.from({ length: 10 }, (_, i) => `small-${i}`)];

/** Of all documents, nine in ten are in the first workspace. */
export function workspaceOf(i) {
  return i % 10 === 9 ? WORKSPACES[1 + (Math.floor(i / 10) % 10)] : WORKSPACES[0];
}

export function uuidOf(i) {
  return `0198c0de-0000-7000-8000-${String(i).padStart(12, '0')}`;
}

/** The texts of a document: every twentieth is Chinese. */
export function textsOf(i) {
  const random = randomOf(i + 1);
  if (i % 20 === 0) return { title: run(random, 6), body: run(random, 120) };
  return { title: sentence(random, 4), body: sentence(random, 20 + Math.floor(random() * 80)) };
}

function sentence(random, length) {
  return Array.from({ length }, () => WORDS[zipf(random)]).join(' ');
}

function run(random, length) {
  return Array.from({ length }, () => HAN[Math.floor(random() ** 2 * HAN.length)]).join('');
}

/** The nth word is n times as rare as the first. */
function zipf(random) {
  return Math.min(VOCABULARY - 1, Math.floor(VOCABULARY ** random()) - 1);
}

function wordOf(i) {
  let word = '';
  for (let rest = i + 17; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    word += SYLLABLES[rest % SYLLABLES.length];
  }
  return word;
}

/** mulberry32 */
export function randomOf(seed) {
  let state = seed * 2654435761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
