/**
 * What PostgreSQL refused, and what kept it from answering. The one question a caller has is whether to try again, so the
 * code follows from that: `cloud_unavailable` is retryable, `cloud_refused` is not.
 */
import { ServerError } from '../errors.ts';

/** What a server says of an error, in the fields that callers use. */
export interface SqlFault {
  readonly sqlState: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  /** Which constraint was violated. */
  readonly constraint?: string | undefined;
  /** Where in the statement, counted in characters from 1. */
  readonly position?: number | undefined;
}

export class CloudError extends ServerError {
  /** Five characters, absent where no PostgreSQL has answered. */
  readonly sqlState: string | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly constraint: string | undefined;
  readonly position: number | undefined;

  constructor(
    code: 'cloud_unavailable' | 'cloud_refused',
    message: string,
    options: ErrorOptions & { readonly fault?: SqlFault } = {},
  ) {
    super(code, message, options);
    this.name = 'CloudError';
    const { fault } = options;
    this.sqlState = fault?.sqlState;
    this.detail = fault?.detail;
    this.hint = fault?.hint;
    this.constraint = fault?.constraint;
    this.position = fault?.position;
  }

  /** The same call may succeed later, without a change to the program or the data. */
  get retryable(): boolean {
    return this.code === 'cloud_unavailable';
  }
}

/** PostgreSQL may be there again later. */
export function isAway(error: unknown): error is CloudError {
  return error instanceof CloudError && error.retryable;
}

/**
 * Lost connections (but not 08P01, which is also a wrong number of parameters), shortage of resources, conflicts between
 * transactions, servers that stop or start, time-outs.
 */
const RETRYABLE_STATES = /^(?:08(?!P01)...|53...|40001|40P01|55P03|57014|57P0[1-5]|25P03|25P04)$/;

export function cloudErrorOf(fault: SqlFault, cause?: unknown): CloudError {
  const code = RETRYABLE_STATES.test(fault.sqlState) ? 'cloud_unavailable' : 'cloud_refused';
  return new CloudError(code, fault.message, { fault, cause });
}

/** A refusal of our own, under the code that PostgreSQL has for it. */
export function refuse(sqlState: string, message: string): CloudError {
  return new CloudError('cloud_refused', message, { fault: { sqlState, message } });
}

export function timedOut(timeoutMs: number): CloudError {
  return new CloudError('cloud_unavailable', `no answer from PostgreSQL within ${timeoutMs} ms`);
}
