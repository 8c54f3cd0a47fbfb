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
  readonly faults: readonly string[];
}

export function parseFlags(args: readonly string[], definitions: readonly FlagDefinition[]): ParsedFlags {
  const values = new Map<string, string>();
  const faults: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const [written, inline] = splitAt(args[at] ?? '');
    const definition = definitions.find(({ name }) => written === `--${name}`);
    if (definition === undefined) {
      faults.push(unknownFault(written, definitions));
    } else if (inline !== undefined) {
      values.set(definition.name, inline);
    } else if (definition.placeholder === undefined) {
      values.set(definition.name, 'true');
    } else if (args[at + 1] === undefined || args[at + 1]?.startsWith('--')) {
      faults.push(`${written} needs a value: ${written} <${definition.placeholder}>`);
    } else {
      values.set(definition.name, args[++at] ?? '');
    }
  }
  return { values, faults };
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
