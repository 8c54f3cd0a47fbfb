import type { FlagDefinition } from '../config/parse-flags.ts';

/** The world outside the process, as far as commands need it. */
export interface CommandWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What was asked for. */
  readonly out: (text: string) => void;
  /** Resolves when whoever reads `out` has taken what there is: what is written faster than it is read takes memory. */
  readonly flush: () => Promise<void>;
  /** What a person should read beside it. */
  readonly err: (text: string) => void;
  /** Whether `err` is a terminal, on which a line can be written over. */
  readonly errIsTerminal: boolean;
  readonly input: CommandInput;
  readonly readFile: (path: string) => string;
  /** Calls back each time somebody asks the process to end; returns what stops that. */
  readonly onStopRequest: (listener: () => void) => () => void;
}

/** What is typed, or comes out of a pipe. */
export interface CommandInput {
  readonly isTerminal: boolean;
  readAll(): Promise<string>;
  /** One line, typed without being seen. */
  readSecret(prompt: string): Promise<string>;
  /** Asks for one line after the other; `prompt` is what to ask with. */
  lines(prompt: () => string): AsyncIterable<string>;
}

export interface CommandFlag extends FlagDefinition {
  readonly description: string;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** After `tributary`: how it is written, without the options of the server. */
  readonly usage?: string;
  /** Besides the options of the server. */
  readonly flags: readonly CommandFlag[];
  /** What its help says beside usage and flags. */
  readonly details?: readonly string[];
  /** Commands of which it is the first word. */
  readonly subcommands?: readonly Command[];
  /** Returns the exit code. */
  run(args: readonly string[], world: CommandWorld): Promise<number>;
}

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
