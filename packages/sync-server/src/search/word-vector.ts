/**
 * A tsvector, made here: PostgreSQL casts the text and has no part in what a word is. The words of the title weigh A, those of
 * the body B, and a phrase cannot begin in the one and end in the other. Those of the title are there a second time with a
 * ^ before them, so that the index alone finds documents by their titles.
 */
import { scanWords } from './scan-words.ts';

/** What a body is cut to, in UTF-16 units: nobody looks for the end of a longer one. */
export const MAX_BODY_CHARACTERS = 100_000;
export const MAX_TITLE_CHARACTERS = 1_000;

export const TITLE_MARK = '^';

/** PostgreSQL's, for a place; beyond, they begin anew, so that neighbours stay neighbours. */
const MAX_PLACE = 16_383;
/** PostgreSQL's, of one word. */
const MAX_PLACES = 255;
/** PostgreSQL has 1 MiB for the words and places of a vector. The words of a text that takes more are left out. */
const MAX_BYTES = 900_000;
/** No phrase is that long. */
const GAP = 50;

export function wordVector(title: string, body: string): string {
  const vector = new VectorBuilder();
  let next = 0;
  for (const { word, place } of scanWords(title.slice(0, MAX_TITLE_CHARACTERS))) {
    vector.add(word, place, 'A');
    vector.add(TITLE_MARK + word, place, 'A');
    next = place + GAP;
  }
  for (const { word, place } of scanWords(body.slice(0, MAX_BODY_CHARACTERS))) {
    if (!vector.add(word, next + place, 'B')) break;
  }
  return vector.toString();
}

class VectorBuilder {
  readonly #places = new Map<string, string[]>();
  #bytes = 0;

  /** False where there is no room left. */
  add(word: string, place: number, weight: 'A' | 'B'): boolean {
    const known = this.#places.get(word);
    // A character of UTF-16 takes three bytes of UTF-8 at most; a place takes two, and a word some for itself.
    this.#bytes += known === undefined ? 3 * word.length + 8 : 2;
    if (this.#bytes > MAX_BYTES) return false;
    const at = `${(place % MAX_PLACE) + 1}${weight}`;
    if (known === undefined) this.#places.set(word, [at]);
    else if (known.length < MAX_PLACES) known.push(at);
    return true;
  }

  /** No word holds a quote or a backslash. */
  toString(): string {
    return Array.from(this.#places, ([word, places]) => `'${word}':${places.join(',')}`).join(' ');
  }
}
