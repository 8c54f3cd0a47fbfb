/** Makes the edits of tabs: each in one transaction with the record of its answer, so that it is made once. */
import type { AnyReplica } from '@tributary/database';
import { toDatabaseError } from '@tributary/database/browser';
import { ConflictResolver } from '../../client/conflicts/conflict-resolver.ts';
import type { CommandContext, Commands } from '../commands.ts';
import { TabsError } from '../errors.ts';
import type { Action, ConflictChoice, Mutation, MutationAnswer } from '../messages.ts';
import type { DirtyTables } from './dirty-tables.ts';
import { MutationLog } from './mutation-log.ts';
import { RowImages } from './row-images.ts';
import { readUndoRecord, writeUndoRecord } from './undo-record.ts';
import { undoEdits } from './undo.ts';

/** A replica that says which of its tables replicate. */
export type TabReplica = AnyReplica & { readonly schema: { readonly replicated: readonly string[] } };

export interface MutationsOptions<R> {
  readonly replica: TabReplica;
  readonly repositories: R;
  readonly commands: Commands<R>;
  readonly dirtyTables: DirtyTables;
  /** This device's clock, by which tabs date their mutations. */
  readonly now: () => number;
}

export class Mutations<R> {
  readonly #options: MutationsOptions<R>;
  readonly #context: CommandContext<R>;
  readonly #log: MutationLog;
  readonly #images: RowImages;

  constructor(options: MutationsOptions<R>) {
    const { replica, repositories, now } = options;
    this.#options = options;
    this.#context = { repositories, replica, now: replica.now, newId: replica.newId };
    this.#log = new MutationLog(replica, now);
    this.#images = new RowImages(replica, replica.schema.replicated);
  }

  /** `settled`: earlier ones that will not be asked for again. */
  apply({ id, createdAt, action }: Mutation, settled: readonly string[]): MutationAnswer {
    const known = this.#log.find(id, createdAt);
    if (known !== undefined) return known;
    const { replica, dirtyTables } = this.#options;
    this.#images.prepare();
    const make = (): MutationAnswer =>
      replica.transaction(() => {
        const { result, edits } = this.#images.during(() => this.#act(action));
        const isUndoable = action.kind !== 'command' || action.isUndoable;
        const undo = isUndoable ? writeUndoRecord(edits) : undefined;
        this.#log.forget(settled);
        const answer = { result, version: replica.latestVersion, ...(undo !== undefined && { undo }) };
        return this.#log.record(id, createdAt, answer);
      });
    try {
      return dirtyTables.attempt(make);
    } catch (error) {
      throw toDatabaseError(error, 'the edit was not made');
    }
  }

  #act(action: Action): unknown {
    const { replica } = this.#options;
    if (action.kind === 'command') return this.#run(action.name, action.input);
    if (action.kind === 'undo') return undoEdits(replica, this.#images, action.records.flatMap(readUndoRecord));
    const { conflict, how, by } = action;
    const resolver = new ConflictResolver(replica, by === undefined ? {} : { resolvedBy: by });
    return resolver[RESOLVE[how]](conflict);
  }

  #run(name: string, input: unknown): unknown {
    const { commands } = this.#options;
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      throw new TabsError('unknown_command', `the leading tab knows no command ${name}; reload this tab`);
    }
    const result = command(this.#context, input);
    if (result instanceof Promise) throw new TypeError(`the command ${name} waits, which a transaction cannot`);
    return result;
  }
}

const RESOLVE = {
  auto: 'autoResolve',
  local: 'localWins',
  remote: 'remoteWins',
  merge: 'merge',
  dismiss: 'dismiss',
} as const satisfies Record<ConflictChoice, keyof ConflictResolver>;
