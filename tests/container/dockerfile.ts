/** A Dockerfile as a list of instructions, as far as ours goes: no heredocs, no directives. */

export interface Instruction {
  readonly name: string;
  /** Without the options. */
  readonly text: string;
  /** `--from=build` and the like. */
  readonly options: Readonly<Record<string, string>>;
}

export interface Stage {
  readonly image: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

export function parseDockerfile(source: string): Stage[] {
  const lines = source
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { image: string; name: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const instruction = parseInstruction(line);
    const [image = '', , name = ''] = instruction.text.split(' ');
    if (instruction.name === 'FROM') stages.push({ image, name, instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** Of the last one with this name. */
export function textOf(stage: Stage, name: string): string | undefined {
  return stage.instructions.findLast((instruction) => instruction.name === name)?.text;
}

export function environmentOf(stage: Stage): Record<string, string> {
  const texts = stage.instructions.filter(({ name }) => name === 'ENV').map(({ text }) => text);
  const pairs = texts.flatMap((text) => text.split(/\s+/).map((pair) => pair.split('=')));
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
}

function parseInstruction(line: string): Instruction {
  const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? [];
  const [, written = '', text = ''] = /^((?:--\S+\s+)*)(.*)$/.exec(rest) ?? [];
  const options = Array.from(written.matchAll(/--([\w-]+)=(\S+)/g), ([, option = '', value = '']) => [option, value]);
  return { name, text, options: Object.fromEntries(options) };
}
