/**
 * What all of the HTTP API shares: a request is checked by the same schemas that the OpenAPI document is made from, and every
 * fault is a problem with a stable code.
 */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import type { Identity } from '../../auth/identity.ts';
import { API_ERRORS, ApiError, type ApiErrorCode, type ApiIssue } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { isAllowedOrigin } from '../origin.ts';
import { problemOf } from '../problem.ts';

/** What is known of a request when a route has it. */
export interface ApiEnv {
  Variables: { identity: Identity };
}

export type Api = OpenAPIHono<ApiEnv>;

/** Nothing that people send here is larger: texts go over the WebSocket. */
const MAX_BODY_BYTES = 256 * 1024;

export function createApi(logger: Logger): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const hasParts = result.target === 'json';
      throw invalid(result.error.issues.flatMap((issue) => issuesOf(issue, hasParts)));
    },
  });
  api.onError((error, context) => problemOf(context, error, logger));
  return api;
}

/** Before the routes of an API that web pages use. A page that only `*` lets in brings a token of its own, and no cookie. */
export function guardPages(api: Api, allowedOrigins: readonly string[]): void {
  const named = new Set(allowedOrigins.filter((origin) => origin !== '*'));
  const isAllowed = (origin: string): boolean => isAllowedOrigin({ origin }, allowedOrigins);
  const shared = {
    origin: (origin: string) => (isAllowed(origin) ? origin : null),
    exposeHeaders: ['Retry-After'],
  };
  const [trusting, strict] = [cors({ ...shared, credentials: true }), cors(shared)];
  api.use('/v1/*', (context, next) =>
    (named.has(context.req.header('Origin') ?? '') ? trusting : strict)(context, next),
  );
}

export function limitBodies(api: Api, maxBytes = MAX_BODY_BYTES): void {
  const onError = (): never => {
    throw new ApiError('body_too_large', `more than ${maxBytes} bytes`);
  };
  api.use('/v1/*', bodyLimit({ maxSize: maxBytes, onError }));
}

export function invalid(issues: readonly ApiIssue[]): ApiError {
  const detail = issues.map(({ parameter, message }) => `${parameter} ${message}`.trim()).join('; ');
  return new ApiError('request_invalid', detail, { issues });
}

/** Of a body, a parameter is a path; of a query, it is its name. */
function issuesOf(issue: z.core.$ZodIssue, hasParts: boolean): ApiIssue[] {
  const path = hasParts ? issue.path : issue.path.slice(0, 1);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ parameter: [...path, key].join('.'), message: 'is no parameter' }));
  }
  return [{ parameter: path.join('.'), message: issue.message }];
}

const problemSchema = z
  .object({
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(API_ERRORS) as [ApiErrorCode, ...ApiErrorCode[]]),
    issues: z.array(z.object({ parameter: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem');

interface JsonContent<Schema> {
  readonly description: string;
  readonly content: { readonly 'application/json': { readonly schema: Schema } };
}

/** An answer, or a body, of this shape. */
export function json<Schema extends z.ZodType>(description: string, schema: Schema): JsonContent<Schema> {
  return { description, content: { 'application/json': { schema } } };
}

/** The body that a request must have. */
export function body<Schema extends z.ZodType>(
  schema: Schema,
): { readonly body: JsonContent<Schema> & { required: true } } {
  return { body: { ...json('', schema), required: true } };
}

export const NOTHING = { 204: { description: 'Done.' } } as const;

type ProblemResponses = Record<string, { description: string; content: object }>;

/** For the `responses` of a route: by status, the codes that it may fail with. Any may fail with four more. */
export function problems(...codes: readonly ApiErrorCode[]): ProblemResponses {
  const byStatus = new Map<string, ApiErrorCode[]>();
  for (const code of new Set([...codes, 'request_invalid', 'body_too_large', 'rate_limited', 'internal'] as const)) {
    const status = String(API_ERRORS[code].status);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.map((code) => `\`${code}\`: ${API_ERRORS[code].meaning}`).join('\n\n'),
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}
