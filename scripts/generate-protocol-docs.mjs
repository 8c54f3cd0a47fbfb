/**
 * Writes the tables of docs/protocol.md, which stand between markers, from tributary.proto and the code beside it. The
 * rest of the page is written by hand.
 *
 *   pnpm docs:protocol          writes them
 *   … --check                   fails when they are out of date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { root } from './setup.mjs';

const page = path.join(root, 'docs', 'protocol.md');
const source = path.join(root, 'packages', 'sync', 'src', 'protocol');
const built = path.join(root, 'packages', 'sync', 'dist', 'protocol');

const messages = messagesIn(readFileSync(path.join(source, 'tributary.proto'), 'utf8'));
const { PROTOCOL_ERRORS } = await importBuilt('errors.js');
const limits = await importBuilt('limits.js');

const TABLES = {
  'frames of a client': framesTable('ClientFrame'),
  'frames of the relay': framesTable('ServerFrame'),
  'close codes': closeCodesTable(),
  rejections: rejectionsTable(),
  limits: limitsTable(readFileSync(path.join(source, 'limits.ts'), 'utf8')),
};

const current = readFileSync(page, 'utf8');
const wanted = await formatted(withTables(current));

if (!process.argv.includes('--check')) {
  writeFileSync(page, wanted);
} else if (current !== wanted) {
  console.error('docs/protocol.md is out of date: run `pnpm docs:protocol`');
  process.exitCode = 1;
}

function importBuilt(file) {
  return import(pathToFileURL(path.join(built, file)).href);
}

function withTables(markdown) {
  const missing = new Set(Object.keys(TABLES));
  const filled = markdown.replaceAll(/(<!-- begin (.+?) -->)[^]*?(<!-- end -->)/g, (_, begin, name, end) => {
    if (!missing.delete(name))
      throw new Error(`docs/protocol.md wants the table “${name}”, which is not known or there twice`);
    return `${begin}\n\n${TABLES[name]}\n\n${end}`;
  });
  if (missing.size > 0) throw new Error(`docs/protocol.md has no place for: ${[...missing].join(', ')}`);
  return filled;
}

/** `Map` of name to `{ comment, fields: [{ type, name }] }`, with what stands above the message as its comment. */
function messagesIn(proto) {
  const found = new Map();
  let comment = [];
  let fields = [];
  for (const line of proto.split('\n').map((each) => each.trim())) {
    const [, message] = /^message (\w+)/.exec(line) ?? [];
    const [, type, name] = /^(?:repeated |optional )?(\w+) (\w+) = \d+;$/.exec(line) ?? [];
    if (line.startsWith('//')) {
      comment.push(line.slice(2).trim());
      continue;
    }
    if (message !== undefined) found.set(message, { comment: comment.join(' '), fields: (fields = []) });
    if (name !== undefined) fields.push({ type, name });
    comment = [];
  }
  return found;
}

function framesTable(oneof) {
  const rows = messages.get(oneof).fields.map(({ type }) => {
    const { comment, fields } = messages.get(type);
    if (comment === '') throw new Error(`tributary.proto does not say what ${type} is`);
    return [type, comment, fields.map(({ name }) => `\`${name}\``).join(', ')];
  });
  return tableOf(['Frame', 'What it says', 'Fields'], rows);
}

function closeCodesTable() {
  const rows = Object.entries(PROTOCOL_ERRORS)
    .filter(([, { closeCode }]) => closeCode !== null)
    .map(([code, { closeCode, remedy, meaning }]) => [closeCode, `\`${code}\``, remedy, meaning]);
  return tableOf(['Close code', 'Error', 'Remedy', 'What it means'], rows);
}

function rejectionsTable() {
  const rows = Object.entries(PROTOCOL_ERRORS)
    .filter(([, { closeCode }]) => closeCode === null)
    .map(([code, { remedy, meaning }]) => [`\`${code}\``, remedy, meaning]);
  return tableOf(['Error', 'Remedy', 'What it means'], rows);
}

/** Each bound with the comment above it. */
function limitsTable(code) {
  const documented = code.matchAll(/\/\*\* (.+?) \*\/\s+(?:readonly|export const) (\w+)/g);
  const values = { ...limits, ...limits.DEFAULT_LIMITS };
  const rows = [...documented]
    .filter(([, , name]) => typeof values[name] === 'number')
    .map(([, comment, name]) => [`\`${name}\``, comment, values[name].toLocaleString('en')]);
  return tableOf(['Limit', 'What for', 'By default'], rows);
}

function tableOf(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

async function formatted(markdown) {
  return format(markdown, { ...(await resolveConfig(page)), parser: 'markdown' });
}
