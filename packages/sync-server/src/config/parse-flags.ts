/** `--name value`, `--name=value` and bare flags, as text; what the values mean is for others to say. */
import { nearestName } from './nearest-name.ts';

/** What can stand on a command line. */
export interface FlagDefinition {
  readonly name: string;
  /** Undefined for a flag that stands alone. */
  readonly placeholder?: string;
}

export interface ParsedFlags {
  readonly values: ReadonlyMap<string, string>;
  /** Every value of a flag that may be given several times; `values` has the last. */
  readonly repeated: ReadonlyMap<string, readonly string[]>;
  /** What is no flag and belongs to none, as far as it was allowed. */
  readonly words: readonly string[];
  readonly faults: readonly string[];
}

export interface ParseOptions {
  /** How many words may stand beside the flags. */
  readonly maxWords?: number;
}

export function parseFlags(
  args: readonly string[],
  definitions: readonly FlagDefinition[],
  { maxWords = 0 }: ParseOptions = {},
): ParsedFlags {
  const repeated = new Map<string, string[]>();
  const words: string[] = [];
  const faults: string[] = [];
  const give = (name: string, value: string): void => void repeated.set(name, [...(repeated.get(name) ?? []), value]);
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    const [written, inline] = splitAt(argument);
    const definition = definitions.find(({ name }) => written === `--${name}`);
    if (definition === undefined) {
      if (words.length < maxWords && !isFlag(argument)) words.push(argument);
      else faults.push(unknownFault(written, definitions));
    } else if (inline !== undefined) {
      give(definition.name, inline);
    } else if (definition.placeholder === undefined) {
      give(definition.name, 'true');
    } else if (args[at + 1] === undefined || args[at + 1]?.startsWith('--')) {
      faults.push(`${written} needs a value: ${written} <${definition.placeholder}>`);
    } else {
      give(definition.name, args[++at] ?? '');
    }
  }
  const values = new Map(Array.from(repeated, ([name, all]) => [name, all.at(-1) ?? '']));
  return { values, repeated, words, faults };
}

/** A word may begin with a dash, too: as a comment of SQL does. */
function isFlag(argument: string): boolean {
  return /^--?[a-z]/i.test(argument);
}

function splitAt(argument: string): [string, string | undefined] {
  const at = argument.indexOf('=');
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}

function unknownFault(written: string, definitions: readonly FlagDefinition[]): string {
  if (!written.startsWith('-')) return `${written} is no option`;
  const near = nearestName(
    written.replace(/^-+/, ''),
    definitions.map(({ name }) => name),
  );
  return `there is no option ${written}${near === undefined ? '' : `; did you mean --${near}?`}`;
}
