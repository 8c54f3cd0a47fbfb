/** Faults of a request as RFC 9457 has them. What is not the caller's to know stays in the log. */
import type { Context } from 'hono';
import { isAway } from '../cloud/cloud-error.ts';
import { API_ERRORS, ApiError } from '../errors.ts';
import type { Logger } from '../logger.ts';

export function problemOf(context: Context, error: unknown, logger: Logger): Response {
  const known = apiErrorOf(error);
  if (known.code === 'internal') logger.error({ err: error }, 'a request has failed');
  const { code, status, message, issues, retryAfterMs } = known;
  context.header('Content-Type', 'application/problem+json');
  context.header('Cache-Control', 'private, no-store');
  if (status === 401) context.header('WWW-Authenticate', 'Bearer');
  if (retryAfterMs !== undefined) context.header('Retry-After', String(Math.max(1, Math.ceil(retryAfterMs / 1000))));
  const problem = { title: API_ERRORS[code].title, status, detail: message, code, ...(issues && { issues }) };
  return context.body(JSON.stringify(problem), status);
}

function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (isAway(error)) {
    return new ApiError('accounts_unavailable', 'PostgreSQL cannot be asked right now', { retryAfterMs: 1_000 });
  }
  return new ApiError('internal', 'the server failed; its log says more');
}
