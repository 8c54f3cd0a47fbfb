/** PostgreSQL's text of an array: `{1,NULL,"a \"quoted\" one",{…}}`, with `[2:3]=` before it where it does not begin at 1. */

export type ParsedArray<T> = (T | null | ParsedArray<T>)[];

/** `parse` gets the text of each element. */
export function parseArrayText<T>(text: string, parse: (element: string) => T): ParsedArray<T> {
  const reader = { text, at: text.startsWith('[') ? text.indexOf('=') + 1 : 0 };
  return readArray(reader, parse);
}

interface Reader {
  readonly text: string;
  at: number;
}

function readArray<T>(reader: Reader, parse: (element: string) => T): ParsedArray<T> {
  const elements: ParsedArray<T> = [];
  reader.at++;
  while (reader.at < reader.text.length && reader.text[reader.at] !== '}') {
    elements.push(readElement(reader, parse));
    if (reader.text[reader.at] === ',') reader.at++;
  }
  reader.at++;
  return elements;
}

function readElement<T>(reader: Reader, parse: (element: string) => T): T | null | ParsedArray<T> {
  const { text, at } = reader;
  if (text[at] === '{') return readArray(reader, parse);
  if (text[at] === '"') return parse(readQuoted(reader));
  while (reader.at < text.length && text[reader.at] !== ',' && text[reader.at] !== '}') reader.at++;
  const element = text.slice(at, reader.at);
  return element === 'NULL' ? null : parse(element);
}

function readQuoted(reader: Reader): string {
  const { text } = reader;
  let element = '';
  let from = ++reader.at;
  for (; reader.at < text.length && text[reader.at] !== '"'; reader.at++) {
    if (text[reader.at] !== '\\') continue;
    element += text.slice(from, reader.at);
    from = ++reader.at;
  }
  element += text.slice(from, reader.at);
  reader.at++;
  return element;
}

export function formatArrayText(elements: readonly (string | null)[]): string {
  return `{${elements.map((element) => (element === null ? 'NULL' : quote(element))).join(',')}}`;
}

function quote(element: string): string {
  return `"${/["\\]/.test(element) ? element.replaceAll(/["\\]/g, String.raw`\$&`) : element}"`;
}
