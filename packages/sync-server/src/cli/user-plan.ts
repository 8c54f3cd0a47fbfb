/** `tributary user plan`: gives somebody a plan, whatever they pay for. */
import { z } from 'zod';
import { NO_PLAN } from '../billing/plans.ts';
import { flag } from '../config/values.ts';
import { givePlan } from '../control/operations/give-plan.ts';
import { accountCommand, JSON_FLAG, jsonText } from './account-command.ts';
import type { Command } from './command.ts';

export const userPlan: Command = accountCommand({
  name: 'plan',
  summary: 'Gives somebody a plan, besides what they pay for.',
  usage: `user plan <e-mail> <plan | ${NO_PLAN}> [--json]`,
  details: [
    `Of all plans that somebody has, the one that includes the most counts. ${NO_PLAN} takes back what was given here.`,
  ],
  words: ['e-mail', 'plan'],
  flags: [JSON_FLAG],
  schema: z.object({ words: z.array(z.string()), json: flag.default(false) }),
  changesRights: true,
  async work({ json }, [email = '', plan = ''], { call, world }) {
    const given = await call(givePlan, { email, plan: plan === NO_PLAN ? null : plan });
    const done = plan === NO_PLAN ? 'taken back' : 'given';
    const has = given.plan === null ? '; no server is running that knows the plans' : `: ${given.plan.label}`;
    world.out(json ? jsonText(given) : `${done}${has}\n`);
  },
});
