/** What Docker would send to a build: everything that .dockerignore does not leave out. Its last rule that fits counts. */
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface Rule {
  readonly pattern: RegExp;
  readonly isKept: boolean;
}

export class BuildContext {
  readonly #root: string;
  readonly #rules: readonly Rule[];

  constructor(root: string) {
    this.#root = root;
    const lines = readFileSync(path.join(root, '.dockerignore'), 'utf8').split('\n');
    this.#rules = lines.filter((line) => line !== '' && !line.startsWith('#')).map(ruleOf);
  }

  /** By its path from the root. */
  has(file: string): boolean {
    return this.#rules.findLast(({ pattern }) => pattern.test(file))?.isKept ?? true;
  }

  /** As COPY does: a directory gives what is in it. */
  copy(source: string, target: string): void {
    cpSync(path.join(this.#root, source), target, {
      recursive: true,
      filter: (file) => this.has(path.relative(this.#root, file)),
    });
  }
}

function ruleOf(line: string): Rule {
  const isKept = line.startsWith('!');
  const parts = (isKept ? line.slice(1) : line).split('/').map((part) => {
    if (part === '**') return '(?:.*/)?';
    return `${part.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]*')}/`;
  });
  // A rule for a directory is one for all that is in it.
  const pattern = new RegExp(`^${parts.join('').replace(/\/$/, '')}(?:/|$)`);
  return { pattern, isKept };
}
