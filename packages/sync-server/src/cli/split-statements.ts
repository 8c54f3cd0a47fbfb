/** SQL cut at its semicolons, where they end a statement: not in quotes, comments, and the bodies of functions. */

export interface SplitSql {
  /** Each without its semicolon; those of blanks and comments only are left out. */
  readonly statements: readonly string[];
  /** What is behind the last semicolon; empty where there is nothing but blanks and comments. */
  readonly rest: string;
}

export function splitStatements(text: string): SplitSql {
  const statements: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length;) {
    if (text[at] !== ';') {
      at = endOfToken(text, at);
      continue;
    }
    const statement = text.slice(from, at);
    if (!isBlank(statement)) statements.push(statement.trim());
    from = ++at;
  }
  const rest = text.slice(from);
  return { statements, rest: isBlank(rest) ? '' : rest.trim() };
}

/** Behind whatever begins here; behind the text where that has no end. */
function endOfToken(text: string, at: number): number {
  const two = text.slice(at, at + 2);
  if (two === '--') return after(text, text.indexOf('\n', at), 1);
  if (two === '/*') return endOfComment(text, at);
  const first = text[at];
  if (first === '"') return endOfQuoted(text, at, '"', false);
  if (first === "'") return endOfQuoted(text, at, "'", /(?:^|[^\w$])[eE]$/.test(text.slice(Math.max(0, at - 2), at)));
  if (first !== '$' || /[\w$]/.test(text[at - 1] ?? '')) return at + 1;
  const tag = /^\$(?:[a-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)?\$/i.exec(text.slice(at, at + 66))?.[0];
  return tag === undefined ? at + 1 : after(text, text.indexOf(tag, at + tag.length), tag.length);
}

function endOfQuoted(text: string, from: number, quote: string, hasBackslashes: boolean): number {
  for (let at = from + 1; at < text.length; at++) {
    if (hasBackslashes && text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

/** They may hold others. */
function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const two = text.slice(at, at + 2);
    if (two !== '/*' && two !== '*/') continue;
    depth += two === '/*' ? 1 : -1;
    at++;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function after(text: string, found: number, length: number): number {
  return found < 0 ? text.length : found + length;
}

function isBlank(text: string): boolean {
  for (let at = 0; at < text.length;) {
    const isComment = text.startsWith('--', at) || text.startsWith('/*', at);
    if (!isComment && /\S/.test(text[at] ?? '')) return false;
    at = isComment ? endOfToken(text, at) : at + 1;
  }
  return true;
}
