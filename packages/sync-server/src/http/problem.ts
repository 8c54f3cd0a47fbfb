/** Faults of a request as RFC 9457 has them. What is not the caller's to know stays in the log. */
import type { Context } from 'hono';
import { CloudError } from '../cloud/cloud-error.ts';
import { ApiError, type ApiErrorCode } from '../errors.ts';
import type { Logger } from '../logger.ts';

const TITLES: Readonly<Record<ApiErrorCode, string>> = {
  request_invalid: 'The request is not as it has to be',
  unauthenticated: 'A valid token is needed',
  forbidden: 'No access',
  rate_limited: 'Too many requests',
  internal: 'The server failed',
  search_unavailable: 'There is nothing to search in right now',
  search_too_slow: 'The search took too long',
};

export function problemOf(context: Context, error: unknown, logger: Logger): Response {
  const known = apiErrorOf(error);
  if (known.code === 'internal') logger.error({ err: error }, 'a request has failed');
  const { code, status, message, issues, retryAfterMs } = known;
  context.header('Content-Type', 'application/problem+json');
  context.header('Cache-Control', 'private, no-store');
  if (status === 401) context.header('WWW-Authenticate', 'Bearer');
  if (retryAfterMs !== undefined) context.header('Retry-After', String(Math.max(1, Math.ceil(retryAfterMs / 1000))));
  const problem = { title: TITLES[code], status, detail: message, code, ...(issues && { issues }) };
  return context.body(JSON.stringify(problem), status);
}

function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof CloudError && error.retryable) {
    return new ApiError('search_unavailable', 'PostgreSQL cannot be asked right now', { retryAfterMs: 1_000 });
  }
  return new ApiError('internal', 'the server failed; its log says more');
}
