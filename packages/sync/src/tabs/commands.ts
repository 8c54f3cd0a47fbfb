/**
 * The edits an app can make, by name. They run where the database is open, each in one transaction, and the page that calls
 * one has its types from here without loading its code.
 *
 * @example
 * export const commands = defineCommands<Repositories>()({
 *   renameNote: ({ repositories }, input: { id: string; title: string }) =>
 *     repositories.notes.update(input.id, { title: input.title }),
 * });
 */
import type { AnyReplica } from '@tributary/database';

export interface CommandContext<R> {
  readonly repositories: R;
  readonly replica: AnyReplica;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A fresh UUIDv7. */
  readonly newId: () => string;
}

/**
 * What it returns has to be JSON, and is there at once: a transaction cannot wait. What it throws rolls back all it did.
 * Input and result are cloned on their way.
 */
export type Command<R, I, O> = (context: CommandContext<R>, input: I) => O;

// oxlint-disable-next-line typescript/no-explicit-any -- only `any` takes commands of every input
export type Commands<R> = Readonly<Record<string, Command<R, any, unknown>>>;

// oxlint-disable-next-line typescript/no-explicit-any -- the page knows nothing of the repositories
export type AnyCommands = Commands<any>;

export type CommandName<C> = keyof C & string;

/** Nothing, for a command that takes no input. */
export type CommandInput<C extends AnyCommands, N extends CommandName<C>> = undefined extends Parameters<C[N]>[1]
  ? [input?: Parameters<C[N]>[1]]
  : [input: Parameters<C[N]>[1]];

export type CommandResult<C extends AnyCommands, N extends CommandName<C>> = ReturnType<C[N]>;

export function defineCommands<R>() {
  return <C extends Commands<R>>(commands: C): C => commands;
}
