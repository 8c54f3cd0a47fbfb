import type { FlagDefinition } from '../config/parse-flags.ts';

/** The world outside the process, as far as commands need it. */
export interface CommandWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What was asked for. */
  readonly out: (text: string) => void;
  /** What a person should read beside it. */
  readonly err: (text: string) => void;
  readonly readFile: (path: string) => string;
  /** Calls back each time somebody asks the process to end; returns what stops that. */
  readonly onStopRequest: (listener: () => void) => () => void;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Besides the options of the server. */
  readonly flags: readonly (FlagDefinition & { readonly description: string })[];
  /** Returns the exit code. */
  run(args: readonly string[], world: CommandWorld): Promise<number>;
}

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
