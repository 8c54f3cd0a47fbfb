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

export function formatArrayText(elements: readonly (string | Uint8Array | null)[]): string {
  return `{${elements.map(formatElement).join(',')}}`;
}

/** Of bytes nothing but the backslash before their digits has to be quoted, and there may be many. */
function formatElement(element: string | Uint8Array | null): string {
  if (element === null) return 'NULL';
  if (typeof element === 'string') return quote(element);
  const digits = Buffer.from(element.buffer, element.byteOffset, element.byteLength).toString('hex');
  return String.raw`"\\x${digits}"`;
}

function quote(element: string): string {
  const isPlain = !element.includes('"') && !element.includes('\\');
  return isPlain ? `"${element}"` : `"${element.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
