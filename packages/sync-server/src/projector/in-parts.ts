/** One statement takes so much at once: the parameters of a statement, and a text in JavaScript, are not endless. */
const MAX_SIZE = 16 * 1024 * 1024;

/** In order, nothing left out; an item that is larger alone comes alone. */
export function* inParts<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  maxSize = MAX_SIZE,
): Iterable<readonly Item[]> {
  let [start, size] = [0, 0];
  for (const [index, item] of items.entries()) {
    const more = sizeOf(item);
    if (index > start && size + more > maxSize) {
      yield items.slice(start, index);
      [start, size] = [index, 0];
    }
    size += more;
  }
  if (start < items.length) yield start === 0 ? items : items.slice(start);
}
