/**
 * Performs a Dockerfile without Docker: each stage is a directory instead of a file system, and absolute paths in it are
 * below that directory. What a base image brings (Node, a shell) is this machine's.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { BuildContext } from './build-context.ts';
import { environmentOf, textOf, type Instruction, type Stage } from './dockerfile.ts';

export interface Image {
  /** Where a path of the image is here. */
  at(imagePath: string): string;
  /** How it is started, with its environment; as its own user where this process may become that one. */
  readonly start: Start;
}

export interface Start {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly uid: number;
  readonly gid: number;
}

export interface BuildOptions {
  readonly root: string;
  /** For the stages. */
  readonly directory: string;
  /** Of this process. */
  readonly env: Environment;
}

type Environment = Readonly<Record<string, string | undefined>>;

export async function buildImage(stages: readonly Stage[], { root, directory, env }: BuildOptions): Promise<Image> {
  const context = new BuildContext(root);
  const homes = new Map<string, string>();
  for (const [index, { name, instructions }] of stages.entries()) {
    const home = path.join(directory, name || `stage-${index}`);
    mkdirSync(home, { recursive: true });
    homes.set(name, home);
    let workDirectory = home;
    for (const instruction of instructions) {
      if (instruction.name === 'WORKDIR') workDirectory = made(path.join(home, instruction.text));
      if (instruction.name === 'RUN') await run(instruction.text, { home, workDirectory, env });
      if (instruction.name === 'COPY') copy(instruction, { context, homes, home, workDirectory });
    }
  }
  return imageOf(stages.at(-1), homes.get('') ?? directory, env);
}

interface RunOptions {
  readonly home: string;
  readonly workDirectory: string;
  readonly env: Environment;
}

function run(text: string, { home, workDirectory, env }: RunOptions): Promise<void> {
  const words = text.split(' ').map((word) => (word.startsWith('/') ? path.join(home, word) : word));
  const [command = '', ...args] = words;
  // To give a directory away takes root.
  const allowed = process.getuid?.() === 0 ? args : args.filter((_, index) => !isAboutOwner(args, index));
  const child = spawn(command, allowed, {
    cwd: workDirectory,
    // What has been fetched before need not be fetched again.
    env: { ...env, npm_config_prefer_offline: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`RUN ${text}: ${code}\n${said}`))));
  });
}

function isAboutOwner(args: readonly string[], index: number): boolean {
  return [args[index], args[index - 1]].some((word) => word === '-o' || word === '-g');
}

interface Surroundings {
  readonly context: BuildContext;
  readonly homes: ReadonlyMap<string, string>;
  readonly home: string;
  readonly workDirectory: string;
}

function copy({ text, options }: Instruction, { context, homes, home, workDirectory }: Surroundings): void {
  const words = text.split(' ');
  const target = words.pop() ?? '';
  const base = target.startsWith('/') ? path.join(home, target) : path.join(workDirectory, target);
  const stage = options['from'];
  for (const source of words) {
    const place = target.endsWith('/') ? path.join(made(base), path.basename(source)) : base;
    if (stage === undefined) context.copy(source, place);
    else cpSync(path.join(homes.get(stage) ?? '', source), place, { recursive: true, verbatimSymlinks: true });
    if (!existsSync(place)) throw new Error(`COPY ${text}: ${source} is not there, or is ignored`);
  }
}

function made(directory: string): string {
  mkdirSync(directory, { recursive: true });
  return directory;
}

function imageOf(stage: Stage | undefined, home: string, env: Environment): Image {
  if (stage === undefined) throw new Error('the Dockerfile has no stage');
  const at = (imagePath: string): string => path.join(home, imagePath);
  const [uid = 0, gid = 0] = (textOf(stage, 'USER') ?? '').split(':').map(Number);
  return {
    at,
    start: {
      entrypoint: wordsOf(textOf(stage, 'ENTRYPOINT')),
      command: wordsOf(textOf(stage, 'CMD')),
      healthcheck: wordsOf(textOf(stage, 'HEALTHCHECK')?.replace(/^CMD /, '')).map((word) => here(word, at)),
      env: environmentHere(environmentOf(stage), { at, env }),
      ...(process.getuid?.() === 0 ? { uid, gid } : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }),
    },
  };
}

function wordsOf(json: string | undefined): string[] {
  return JSON.parse(json ?? '[]') as string[];
}

function environmentHere(
  written: Readonly<Record<string, string>>,
  { at, env }: { readonly at: Image['at']; readonly env: Environment },
): Record<string, string> {
  const entries = Object.entries(written).map(([name, value]) => {
    const parts = value.replace('$PATH', env['PATH'] ?? '').split(':');
    return [name, parts.map((part) => here(part, at)).join(':')];
  });
  return Object.fromEntries(entries);
}

/** An absolute path that the image has is below its directory. */
function here(text: string, at: Image['at']): string {
  return text.startsWith('/') && existsSync(at(text)) ? at(text) : text;
}
