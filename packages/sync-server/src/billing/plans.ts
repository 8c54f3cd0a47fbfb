/**
 * What people may use. Without a file there is one plan, and it has no limits. With one, the file lists the plans from the
 * least to the most, and names the one of those who have subscribed to none:
 *
 *   { "default": "free", "plans": [
 *     { "name": "free", "label": "Free", "devices": 3, "storedBytes": "100MiB", "historyDays": 30 },
 *     { "name": "pro", "label": "Pro", "prices": ["price_1N2b3c"] } ] }
 *
 * A limit that is left out is none.
 */
import { z } from 'zod';
import { size } from '../config/values.ts';
import { ServerError } from '../errors.ts';

export interface Plan {
  readonly name: string;
  /** What people read. */
  readonly label: string;
  readonly devices?: number | undefined;
  readonly storedBytes?: number | undefined;
  readonly historyDays?: number | undefined;
  /** At the payment provider, what is paid for it. */
  readonly prices: readonly string[];
}

export const UNLIMITED_PLAN: Plan = { name: 'unlimited', label: 'Unlimited', prices: [] };

export class Plans {
  /** From the least to the most. */
  readonly all: readonly Plan[];
  /** Of accounts without a subscription. */
  readonly fallback: Plan;
  readonly #places = new Map<string, number>();

  constructor(all: readonly Plan[] = [UNLIMITED_PLAN], fallback: Plan = UNLIMITED_PLAN) {
    this.all = all;
    this.fallback = fallback;
    for (const [place, { name, prices }] of all.entries()) {
      for (const key of [name, ...prices]) this.#places.set(key, place);
    }
  }

  /** By its name, or by one of its prices. */
  find(nameOrPrice: string): Plan | undefined {
    return this.all[this.rankOf(nameOrPrice)];
  }

  /** The higher, the more; -1 for one that is not known. */
  rankOf(nameOrPrice: string): number {
    return this.#places.get(nameOrPrice) ?? -1;
  }

  isPrice(price: string): boolean {
    return this.find(price)?.prices.includes(price) ?? false;
  }
}

/** How commands write that there is none. */
export const NO_PLAN = 'none';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;

const COUNT = 'has to be a whole number above 0';
const count = z.int({ error: COUNT }).positive({ error: COUNT });

const BYTES = 'has to be a number of bytes, such as 65536 or "100MiB"';
const bytes = z.union([count, size], { error: BYTES });

const TEXT = 'has to be a text of 1 to 100 characters';
const text = z.string({ error: TEXT }).min(1, { error: TEXT }).max(100, { error: TEXT });

const planSchema = z.strictObject({
  name: text
    .regex(NAME, { error: 'has to be a word of a-z, 0-9 and -' })
    .refine((name) => name !== NO_PLAN, { error: `has to be another word than ${NO_PLAN}` }),
  label: text,
  devices: count.optional(),
  storedBytes: bytes.optional(),
  historyDays: count.optional(),
  prices: z.array(text, { error: 'has to be a list of prices' }).default([]),
});

const LIST = 'has to be a list of plans';

const fileSchema = z.strictObject(
  {
    default: z.string({ error: 'has to be the name of one of the plans' }),
    plans: z.array(planSchema, { error: LIST }).min(1, { error: LIST }),
  },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : 'has to be an object with plans and default') },
);

/** Throws a ServerError with every fault. `source` is how to call the file in it. */
export function parsePlans(written: string, source: string): Plans {
  const parsed = fileSchema.safeParse(parseJson(written, source));
  if (!parsed.success) throw invalid(source, parsed.error.issues.flatMap(faultsOf));
  const { default: name, plans } = parsed.data;
  const fallback = plans.find((plan) => plan.name === name);
  const repeated = repeatedKeys(plans);
  if (fallback === undefined) throw invalid(source, [`default: there is no plan ${name}`, ...repeated]);
  if (repeated.length > 0) throw invalid(source, repeated);
  return new Plans(plans, fallback);
}

export function readPlans(path: string, readFile: (path: string) => string): Plans {
  let written: string;
  try {
    written = readFile(path);
  } catch (cause) {
    throw new ServerError('config_invalid', `the plans in ${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
  return parsePlans(written, path);
}

function parseJson(written: string, source: string): unknown {
  try {
    return JSON.parse(written);
  } catch (cause) {
    throw new ServerError('config_invalid', `${source} is no JSON: ${messageOf(cause)}`, { cause });
  }
}

function faultsOf(issue: z.core.$ZodIssue): string[] {
  const at = (...more: readonly string[]): string => [...issue.path.map(String), ...more].join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${at(key)}: is not known`);
  return [issue.path.length === 0 ? issue.message : `${at()}: ${issue.message}`];
}

/** Nothing may name two plans. */
function repeatedKeys(plans: readonly Plan[]): string[] {
  const owners = new Map<string, string>();
  const faults: string[] = [];
  for (const [index, { name, prices }] of plans.entries()) {
    const keys = [[`plans.${index}.name`, name], ...prices.map((price, at) => [`plans.${index}.prices.${at}`, price])];
    for (const [at = '', key = ''] of keys) {
      const owner = owners.get(key);
      if (owner !== undefined) faults.push(`${at}: ${key} is there already, at ${owner}`);
      else owners.set(key, at);
    }
  }
  return faults;
}

function invalid(source: string, faults: readonly string[]): ServerError {
  return new ServerError('config_invalid', [`the plans in ${source} are not right:`, ...faults].join('\n- '));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
