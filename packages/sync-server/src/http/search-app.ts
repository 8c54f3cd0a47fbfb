/**
 * GET /v1/search: what the caller's workspaces have about some words. A workspace that the caller has no role in is not
 * passed over in silence, and nothing says whether it exists.
 */
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { z } from 'zod';
import type { Identity } from '../auth/identity.ts';
import { systemClock, type Clock } from '../clock.ts';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { ApiError } from '../errors.ts';
import type { Rate } from '../limits.ts';
import { silentLogger, type Logger } from '../logger.ts';
import { isUuid, SEARCH_KINDS } from '../search/documents.ts';
import type { VectorSearch } from '../search/embeddings/vector-search.ts';
import { DEFAULT_SEARCH_RATE, DEFAULT_TIMEOUT_MS, MAX_LIMIT } from '../search/search-limits.ts';
import { search } from '../search/search.ts';
import { isWorkspaceId } from '../session/workspace-id.ts';
import { identityOf, type BearerCheck } from './bearer.ts';
import { isAllowedOrigin } from './origin.ts';
import { problemOf } from './problem.ts';
import { UserRates } from './user-rates.ts';

export interface SearchAppOptions extends Pick<BearerCheck, 'authenticate'> {
  /** Undefined while there is none. */
  readonly database: () => CloudDatabase | undefined;
  readonly allowedOrigins?: readonly string[];
  /** For hits by meaning; undefined while there is none. */
  readonly vectors?: () => VectorSearch | undefined;
  /** Of one user. */
  readonly rate?: Rate;
  /** For one search. */
  readonly timeoutMs?: number;
  /** How long after its end a token is still good, for clocks that differ. */
  readonly toleranceMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export const SEARCH_PATH = '/v1/search';

const DEFAULT_TOLERANCE_MS = 5_000;
const MAX_WORKSPACES = 100;
const MAX_CURSOR_CHARACTERS = 2_000;

const list = z.string().transform((text) => [...new Set(text.split(',').filter((part) => part !== ''))]);

const querySchema = z.strictObject({
  q: z.string({ error: 'has to be what is looked for' }),
  kind: list
    .pipe(z.array(z.enum(SEARCH_KINDS, { error: `has to be some of ${SEARCH_KINDS.join()}, separated by commas` })))
    .optional(),
  project: z.string().refine(isUuid, 'has to be the id of a project').optional(),
  workspace: list
    .pipe(
      z
        .array(z.string().refine(isWorkspaceId, 'has to be ids of workspaces, separated by commas'))
        .min(1, 'has to be ids of workspaces, separated by commas')
        .max(MAX_WORKSPACES, `has to be ${MAX_WORKSPACES} ids at most`),
    )
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, `has to be a number from 1 to ${MAX_LIMIT}`)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_LIMIT, `has to be a number from 1 to ${MAX_LIMIT}`)
    .optional(),
  cursor: z.string().max(MAX_CURSOR_CHARACTERS, 'has to be the cursor of the page before').optional(),
});

type SearchQuery = z.output<typeof querySchema>;

export function createSearchApp(options: SearchAppOptions): Hono {
  const { database, clock = systemClock, logger = silentLogger, allowedOrigins = [] } = options;
  const { timeoutMs = DEFAULT_TIMEOUT_MS, toleranceMs = DEFAULT_TOLERANCE_MS, rate = DEFAULT_SEARCH_RATE } = options;
  const { authenticate, vectors } = options;
  const now = (): number => clock.now();
  const rates = new UserRates(rate, () => clock.uptimeMs());
  const app = new Hono();
  const isAllowed = (origin: string): boolean => isAllowedOrigin({ origin }, allowedOrigins);
  app.use(SEARCH_PATH, cors({ origin: (origin) => (isAllowed(origin) ? origin : null), allowMethods: ['GET'] }));
  app.get(SEARCH_PATH, async (context) => {
    const identity = await identityOf(context.req.header('Authorization'), { authenticate, now, toleranceMs });
    rates.take(identity.userId);
    const query = parseParameters(context.req.queries());
    const workspaceIds = readableWorkspaces(identity, query);
    const cloud = database();
    if (cloud === undefined) throw new ApiError('search_unavailable', 'there is no cloud copy to search in');
    const { q, kind, project, limit, cursor } = query;
    const request = { workspaceIds, q, kinds: kind, projectId: project?.toLowerCase(), limit, cursor };
    const result = await search(cloud, request, { timeoutMs, now, vectors: vectors?.() });
    context.header('Cache-Control', 'private, no-store');
    return context.json(result);
  });
  app.onError((error, context) => problemOf(context, error, logger));
  return app;
}

function parseParameters(queries: Readonly<Record<string, readonly string[]>>): SearchQuery {
  const repeated = Object.entries(queries).filter(([, values]) => values.length > 1);
  const result = querySchema.safeParse(
    Object.fromEntries(Object.entries(queries).map(([name, [first]]) => [name, first])),
  );
  if (result.success && repeated.length === 0) return result.data;
  const issues = [
    ...repeated.map(([parameter]) => ({ parameter, message: 'has to be given once' })),
    ...(result.error?.issues ?? []).map(issueOf),
  ];
  throw new ApiError('request_invalid', issues.map(({ parameter, message }) => `${parameter} ${message}`).join('; '), {
    issues,
  });
}

function issueOf(issue: z.core.$ZodIssue): { readonly parameter: string; readonly message: string } {
  if (issue.code === 'unrecognized_keys') return { parameter: issue.keys.join(), message: 'is no parameter' };
  return { parameter: String(issue.path[0] ?? ''), message: issue.message };
}

function readableWorkspaces(identity: Identity, { workspace }: SearchQuery): readonly string[] {
  const wanted = workspace ?? identity.workspaceIds?.slice(0, MAX_WORKSPACES);
  if (wanted === undefined) {
    const issue = { parameter: 'workspace', message: 'has to be given: the token does not say which there are' };
    throw new ApiError('request_invalid', `${issue.parameter} ${issue.message}`, { issues: [issue] });
  }
  if (workspace === undefined) return wanted.filter((id) => identity.roleIn(id) !== undefined);
  const closed = wanted.find((id) => identity.roleIn(id) === undefined);
  if (closed !== undefined) throw new ApiError('forbidden', `no access to the workspace ${closed}`);
  return wanted;
}
