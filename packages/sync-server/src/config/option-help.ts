/** The options as text for a terminal, from the table of options. */
import type { Option } from './options.ts';

const WIDTH = 100;
const INDENT = '      ';

export function optionHelp(options: readonly Option[]): string {
  return options.map(describe).join('\n');
}

function describe({ name, placeholder, env, alias, fallback, description, isSecret }: Option): string {
  const head = `  --${name}${placeholder === undefined ? '' : ` <${placeholder}>`}`;
  const variables = [env, ...(isSecret ? [`${env}_FILE`] : []), ...(alias === undefined ? [] : [alias])].join(', ');
  const standard = fallback === undefined || placeholder === undefined ? '' : ` Default: ${fallback}.`;
  return [head, ...wrap(`${description}${standard}`), `${INDENT}${variables}`].join('\n');
}

/** Into lines that a terminal has room for. */
export function wrap(text: string, indent = INDENT): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? `${indent}${word}` : `${line} ${word}`;
  }
  return [...lines, line];
}
