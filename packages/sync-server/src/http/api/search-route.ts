/**
 * GET /v1/search: what the caller's workspaces have about some words. A workspace that the caller has no role in is not
 * passed over in silence, and nothing says whether it exists.
 */
import { createRoute, z } from '@hono/zod-openapi';
import type { Identity } from '../../auth/identity.ts';
import { systemClock, type Clock } from '../../clock.ts';
import type { CloudDatabase } from '../../cloud/cloud-database.ts';
import { isAway } from '../../cloud/cloud-error.ts';
import { ApiError } from '../../errors.ts';
import type { Rate } from '../../limits.ts';
import { isUuid, SEARCH_KINDS } from '../../search/documents.ts';
import type { VectorSearch } from '../../search/embeddings/vector-search.ts';
import { DEFAULT_SEARCH_RATE, DEFAULT_TIMEOUT_MS, MAX_LIMIT } from '../../search/search-limits.ts';
import { search, type SearchResult } from '../../search/search.ts';
import { isWorkspaceId } from '../../session/workspace-id.ts';
import { invalid, json, problems, type Api } from './api.ts';
import { BEARER, signedIn } from './signed-in.ts';
import type { BearerCheck } from '../bearer.ts';

export interface SearchRouteOptions extends Pick<BearerCheck, 'authenticate'> {
  /** Undefined while there is none. */
  readonly database: () => CloudDatabase | undefined;
  /** For hits by meaning; undefined while there is none. */
  readonly vectors?: () => VectorSearch | undefined;
  /** Of one user. */
  readonly rate?: Rate;
  /** For one search. */
  readonly timeoutMs?: number;
  /** How long after its end a token is still good, for clocks that differ. */
  readonly toleranceMs?: number;
  readonly clock?: Clock;
}

export const SEARCH_PATH = '/v1/search';

const DEFAULT_TOLERANCE_MS = 5_000;
const MAX_WORKSPACES = 100;
const MAX_CURSOR_CHARACTERS = 2_000;

const LIMIT_RULE = `has to be a number from 1 to ${MAX_LIMIT}`;
const CURSOR_RULE = 'has to be the cursor of the page before';

const text = (expected: string) =>
  z.string({ error: ({ input }) => (Array.isArray(input) ? 'has to be given once' : expected) });

const list = text('has to be a list, separated by commas').transform((parts) => [
  ...new Set(parts.split(',').filter((part) => part !== '')),
]);

const querySchema = z.strictObject({
  q: text('has to be what is looked for').openapi({ example: 'plan lisbon' }),
  kind: list
    .pipe(z.array(z.enum(SEARCH_KINDS, { error: `has to be some of ${SEARCH_KINDS.join()}, separated by commas` })))
    .optional()
    .openapi({ type: 'string', description: `Some of ${SEARCH_KINDS.join()}, separated by commas; all without it.` }),
  project: text('has to be the id of a project').refine(isUuid, 'has to be the id of a project').optional(),
  workspace: list
    .pipe(
      z
        .array(z.string().refine(isWorkspaceId, 'has to be ids of workspaces, separated by commas'))
        .min(1, 'has to be ids of workspaces, separated by commas')
        .max(MAX_WORKSPACES, `has to be ${MAX_WORKSPACES} ids at most`),
    )
    .optional()
    .openapi({
      type: 'string',
      description: 'Ids of workspaces, separated by commas; all of the caller’s without it.',
    }),
  limit: text(LIMIT_RULE)
    .regex(/^\d{1,3}$/, LIMIT_RULE)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_LIMIT, LIMIT_RULE)
    .optional()
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_LIMIT }),
  cursor: text(CURSOR_RULE)
    .max(MAX_CURSOR_CHARACTERS, CURSOR_RULE)
    .optional()
    .openapi({ description: 'Of the page before, with the same question.' }),
});

const segmentSchema = z.object({ text: z.string(), match: z.boolean() });

const resultSchema = z
  .object({
    hits: z.array(
      z.object({
        workspaceId: z.string(),
        kind: z.enum(SEARCH_KINDS),
        id: z.string(),
        projectId: z.string().nullable(),
        title: z.string(),
        titleSegments: z.array(segmentSchema),
        snippet: z.array(segmentSchema),
        rank: z.number().openapi({ description: 'Comparable within one page only; higher is better.' }),
        updatedAt: z.iso.datetime(),
      }),
    ),
    cursor: z.string().optional().openapi({ description: 'For the next page; absent where there is none.' }),
    fuzzy: z.boolean().openapi({ description: 'Titles that are only spelled alike may be among the hits.' }),
    vector: z.boolean().openapi({ description: 'Meaning had a part in this page.' }),
    tookMs: z.number(),
    indexedUntil: z.iso
      .datetime()
      .optional()
      .openapi({ description: 'Changes up to then are in the index; absent where all are.' }),
  })
  .openapi('SearchResult');

const ROUTE = createRoute({
  method: 'get',
  path: SEARCH_PATH,
  operationId: 'search',
  tags: ['Search'],
  summary: 'What workspaces have about some words.',
  security: BEARER,
  request: { query: querySchema },
  responses: {
    200: json('The best hits first.', resultSchema),
    ...problems('unauthenticated', 'forbidden', 'search_unavailable', 'search_too_slow'),
  },
});

export function addSearchRoute(api: Api, options: SearchRouteOptions): void {
  const { database, clock = systemClock } = options;
  const { timeoutMs = DEFAULT_TIMEOUT_MS, toleranceMs = DEFAULT_TOLERANCE_MS, rate = DEFAULT_SEARCH_RATE } = options;
  const { authenticate, vectors } = options;
  const now = (): number => clock.now();
  api.use(SEARCH_PATH, signedIn({ authenticate, now, toleranceMs, rate, uptimeMs: () => clock.uptimeMs() }));
  api.openapi(ROUTE, async (context) => {
    const query = context.req.valid('query');
    const workspaceIds = readableWorkspaces(context.var.identity, query.workspace);
    const cloud = database();
    if (cloud === undefined) throw new ApiError('search_unavailable', 'there is no cloud copy to search in');
    const { q, kind, project, limit, cursor } = query;
    const request = { workspaceIds, q, kinds: kind, projectId: project?.toLowerCase(), limit, cursor };
    const result = await whileThere(search(cloud, request, { timeoutMs, now, vectors: vectors?.() }));
    return context.json(result as z.input<typeof resultSchema>, 200);
  });
}

async function whileThere(result: Promise<SearchResult>): Promise<SearchResult> {
  try {
    return await result;
  } catch (cause) {
    if (!isAway(cause)) throw cause;
    throw new ApiError('search_unavailable', 'PostgreSQL cannot be asked right now', { retryAfterMs: 1_000, cause });
  }
}

function readableWorkspaces(identity: Identity, asked: readonly string[] | undefined): readonly string[] {
  const wanted = asked ?? identity.workspaceIds?.slice(0, MAX_WORKSPACES);
  if (wanted === undefined) {
    throw invalid([{ parameter: 'workspace', message: 'has to be given: the token does not say which there are' }]);
  }
  if (asked === undefined) return wanted.filter((id) => identity.roleIn(id) !== undefined);
  const closed = wanted.find((id) => identity.roleIn(id) === undefined);
  if (closed !== undefined) throw new ApiError('forbidden', `no access to the workspace ${closed}`);
  return wanted;
}
