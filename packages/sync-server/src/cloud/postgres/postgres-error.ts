/** From what `pg` throws to a CloudError, and whether the connection has gone with it. */
import type { DatabaseError } from 'pg';
import { CloudError, cloudErrorOf, type SqlFault } from '../cloud-error.ts';

/** Faults of the set-up that come without a server's code: they would come again. */
const REFUSALS = /^SASL|does not support SSL|self[- ]signed|certificate|altnames|unsupported frontend protocol/i;

const UNKNOWN_STATE = 'XX000';
const PROTOCOL_VIOLATION = '08P01';

export function postgresError(cause: unknown): { readonly error: CloudError; readonly fatal: boolean } {
  if (cause instanceof CloudError) return { error: cause, fatal: true };
  if (isDatabaseError(cause)) {
    const fault = faultOf(cause);
    const fatal = cause.severity !== 'ERROR';
    // With this a pooler says that it cannot reach the server.
    if (fatal && fault.sqlState === PROTOCOL_VIOLATION) {
      return { error: new CloudError('cloud_unavailable', fault.message, { fault, cause }), fatal };
    }
    return { error: cloudErrorOf(fault, cause), fatal };
  }
  const message = messageOf(cause);
  const code = REFUSALS.test(message) ? 'cloud_refused' : 'cloud_unavailable';
  return { error: new CloudError(code, message, { cause }), fatal: true };
}

function faultOf({ code = UNKNOWN_STATE, message, detail, hint, constraint, position }: DatabaseError): SqlFault {
  return { sqlState: code, message, detail, hint, constraint, position: position ? Number(position) : undefined };
}

/** Told by its shape, for which of several copies of a class it has is no matter. Nothing else has a severity. */
function isDatabaseError(cause: unknown): cause is DatabaseError {
  return cause instanceof Error && 'severity' in cause;
}

/** Where a name has several addresses the error has no words of its own. */
function messageOf(cause: unknown): string {
  if (cause instanceof AggregateError) {
    const errors = cause.errors as readonly unknown[];
    return cause.message || errors.map(messageOf).join(', ');
  }
  return cause instanceof Error ? cause.message : String(cause);
}
