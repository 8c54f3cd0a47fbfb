/** What was stored in a workspace, day by day, for its members. */
import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { lastDays } from '../../billing/billing-overview.ts';
import type { Usage } from '../../billing/usage.ts';
import type { Clock } from '../../clock.ts';
import { ApiError } from '../../errors.ts';
import { invalid, json, problems, type Api, type ApiEnv } from './api.ts';
import { BEARER } from './signed-in.ts';

export interface UsageRouteServices {
  readonly signedIn: MiddlewareHandler<ApiEnv>;
  readonly usage: Usage;
  readonly clock: Clock;
}

const MAX_DAYS = 366;
const DAY_MS = 86_400_000;

const DAY_RULE = 'has to be a day, such as 2026-01-31';
const day = z.iso.date({ error: DAY_RULE }).openapi({ example: '2026-01-31' });

export const dayUsage = z
  .object({
    day: z.string().openapi({ description: 'In UTC.', example: '2026-01-31' }),
    entries: z.int(),
    changes: z.int().openapi({ description: 'Changes of cells.' }),
    bytes: z.int().openapi({ description: 'As they are stored.' }),
  })
  .openapi('DayUsage');

const show = createRoute({
  method: 'get',
  path: '/v1/workspaces/{workspaceId}/usage',
  operationId: 'getWorkspaceUsage',
  tags: ['Billing'],
  summary: 'What was stored in a workspace, day by day',
  description: `Days on which nothing was stored are left out. Without \`from\` and \`to\` the last 31 days; ${MAX_DAYS} at most.`,
  security: BEARER,
  request: {
    params: z.object({ workspaceId: z.string().min(1).max(64) }),
    query: z.strictObject({ from: day.optional(), to: day.optional() }),
  },
  responses: {
    200: json('The oldest day first.', z.object({ from: day, to: day, days: z.array(dayUsage) })),
    ...problems('unauthenticated', 'not_found', 'accounts_unavailable'),
  },
});

export function addUsageRoutes(api: Api, { signedIn, usage, clock }: UsageRouteServices): void {
  api.use(show.getRoutingPath(), signedIn);

  api.openapi(show, async (context) => {
    const { workspaceId } = context.req.valid('param');
    const { from, to } = daysOf(context.req.valid('query'), clock.now());
    if (context.var.identity.roleIn(workspaceId) === undefined) {
      throw new ApiError('not_found', 'there is no such workspace');
    }
    const days = (await usage.ofDays([workspaceId], { from, to })).get(workspaceId) ?? [];
    return context.json({ from, to, days }, 200);
  });
}

interface Asked {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

function daysOf({ from, to }: Asked, now: number): { readonly from: string; readonly to: string } {
  const until = to ?? lastDays(now).to;
  const since = from ?? lastDays(Date.parse(until)).from;
  const count = (Date.parse(until) - Date.parse(since)) / DAY_MS + 1;
  if (count < 1) throw invalid([{ parameter: 'from', message: 'has to be a day before to' }]);
  if (count > MAX_DAYS) throw invalid([{ parameter: 'from', message: `has to be ${MAX_DAYS} days before to at most` }]);
  return { from: since, to: until };
}
