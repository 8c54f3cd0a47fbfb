/**
 * What a command does where the data is: in the running server, or in the command's own process when none is running. It is
 * written once and knows no difference; input, events and result are JSON, because they may come over a connection.
 */
import type { CloudSchema } from '@tributary/database/cloud';
import type { z } from 'zod';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import type { Log } from '../log/log.ts';
import type { AccountWork } from './account-work.ts';

/** Where operations work. What is not there throws a ServerError that says why. */
export interface Workplace {
  /** A server is at work here, and others depend on it. */
  readonly isServing: boolean;
  readonly schema: CloudSchema;
  readonly log: Log;
  readonly cloud: CloudDatabase;
  /** Drops everything that the migrations made and makes it again; from then on the log is projected into it. */
  remakeCloud(): Promise<void>;
  accountWork(): Promise<AccountWork>;
}

export interface Operation<Input, Event, Result> {
  readonly name: string;
  readonly input: z.ZodType<Input>;
  /** With a PostgreSQL of its own address, what does without the log needs no server. */
  readonly needsLog: boolean;
  /** Only one of these at a time. */
  readonly isExclusive: boolean;
  run(input: Input, call: OperationCall<Event>): Promise<Result>;
}

export interface OperationCall<Event> {
  readonly place: Workplace;
  /** Resolves when there is room for more; rejects when nobody is listening any more. */
  readonly emit: (event: Event) => Promise<void>;
  /** Nobody waits for the result any more. */
  readonly signal: AbortSignal;
}

/** Of any kind, where its name alone says which. */
// oxlint-disable-next-line typescript/no-explicit-any -- input and events are as different as the operations are
export type AnyOperation = Operation<any, any, unknown>;
