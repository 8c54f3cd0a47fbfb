/** What somebody has, may have, and has used of it. */
import type { Clock } from '../clock.ts';
import type { Plan } from './plans.ts';
import type { AccountPlan, Subscriptions } from './subscriptions.ts';
import type { Days, DayUsage, Usage, WorkspaceUsage } from './usage.ts';

export interface BillingOverview extends AccountPlan {
  /** All there are. */
  readonly plans: readonly Plan[];
  readonly storedBytes: number;
  readonly devices: number;
  /** Whether nothing may be stored, because the plan includes no more. */
  readonly isReadOnly: boolean;
  readonly workspaces: readonly (WorkspaceUsage & { readonly days: readonly DayUsage[] })[];
}

export interface OverviewOptions {
  readonly subscriptions: Subscriptions;
  readonly usage: Usage;
  readonly clock: Clock;
}

const DAY_MS = 86_400_000;
const DAYS = 31;

export async function billingOverview(
  userId: string,
  { subscriptions, usage, clock }: OverviewOptions,
): Promise<BillingOverview> {
  const accountPlan = await subscriptions.planOf(userId);
  const workspaces = (await usage.ofOwners([userId])).get(userId) ?? [];
  const ids = workspaces.map(({ workspaceId }) => workspaceId);
  const days = await usage.ofDays(ids, lastDays(clock.now()));
  const storedBytes = workspaces.reduce((sum, workspace) => sum + workspace.storedBytes, 0);
  return {
    ...accountPlan,
    plans: subscriptions.plans.all,
    storedBytes,
    devices: await usage.devicesOf(userId),
    isReadOnly: storedBytes >= (accountPlan.plan.storedBytes ?? Infinity),
    workspaces: workspaces.map((workspace) =>
      Object.assign(workspace, { days: days.get(workspace.workspaceId) ?? [] }),
    ),
  };
}

/** Today is the last of them. */
export function lastDays(now: number, count = DAYS): Days {
  return { from: dayOf(now - (count - 1) * DAY_MS), to: dayOf(now) };
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
