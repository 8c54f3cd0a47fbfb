/** Gives an account a plan, or takes back what was given; what the person pays for is another matter. */
import { z } from 'zod';
import { writeGift, type Subscriptions } from '../../billing/subscriptions.ts';
import type { CloudQueries } from '../../cloud/cloud-database.ts';
import { ServerError } from '../../errors.ts';
import type { Operation } from '../operation.ts';

const inputSchema = z.object({
  email: z.string(),
  /** Null takes it back. */
  plan: z.string().nullable(),
});

export interface PlanGiven {
  /** What the account has by that; null where no server is running, which alone knows the plans. */
  readonly plan: { readonly name: string; readonly label: string } | null;
}

/** In a running server, with what it knows of plans: whoever is connected is told. */
export function givePlanWith(
  subscriptions: Subscriptions | undefined,
): Operation<z.output<typeof inputSchema>, never, PlanGiven> {
  return {
    name: 'give-plan',
    input: inputSchema,
    needsLog: false,
    isExclusive: false,
    async run({ email, plan }, { place: { cloud } }) {
      const userId = await userWith(cloud, email);
      const planName = plan ?? undefined;
      if (subscriptions === undefined) {
        await writeGift(cloud, { userId, planName, now: Date.now() });
        return { plan: null };
      }
      const plans = subscriptions.plans.all.map(({ name }) => name);
      if (planName !== undefined && !plans.includes(planName)) {
        throw new ServerError('config_invalid', `there is no plan ${planName}, only ${plans.join(', ')}`);
      }
      const { name, label } = (await subscriptions.give(userId, planName)).plan;
      return { plan: { name, label } };
    },
  };
}

/** Where no server is running. */
export const givePlan = givePlanWith(undefined);

async function userWith(cloud: CloudQueries, written: string): Promise<string> {
  const email = written.trim().toLowerCase();
  const [user] = await cloud.query<{ id: string }>('SELECT id FROM auth.users WHERE email = $1', [email]);
  if (user === undefined) throw new ServerError('config_invalid', `there is no account with the e-mail ${email}`);
  return user.id;
}
