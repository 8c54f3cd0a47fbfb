/** One line of an operation's answer, and errors as they cross the connection: the same class comes out as went in. */
import { CloudError } from '../cloud/cloud-error.ts';
import { SERVER_ERRORS, ServerError, type ServerErrorCode } from '../errors.ts';

export type WireMessage =
  | { readonly kind: 'event'; readonly event: unknown }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: WireError };

export interface WireError {
  /** Absent for what is no error of ours. */
  readonly code?: ServerErrorCode;
  readonly message: string;
  readonly sqlState?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly constraint?: string | undefined;
  readonly position?: number | undefined;
}

export function wireErrorOf(error: unknown): WireError {
  if (error instanceof CloudError) {
    const { code, message, sqlState, detail, hint, constraint, position } = error;
    return { code, message, sqlState, detail, hint, constraint, position };
  }
  if (error instanceof ServerError) return { code: error.code, message: error.message };
  return { message: error instanceof Error ? error.message : String(error) };
}

export function errorOfWire({ code, message, sqlState, ...rest }: WireError): Error {
  if (code === 'cloud_unavailable' || code === 'cloud_refused') {
    return new CloudError(code, message, sqlState === undefined ? {} : { fault: { sqlState, message, ...rest } });
  }
  if (code !== undefined && code in SERVER_ERRORS) return new ServerError(code, message);
  return new ServerError('server_lost', `the server failed at it: ${message}`);
}
