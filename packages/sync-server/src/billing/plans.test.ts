import { expect, test } from 'vitest';
import { parsePlans, Plans, readPlans, UNLIMITED_PLAN } from './plans.ts';

const FILE = {
  default: 'free',
  plans: [
    { name: 'free', label: 'Free', devices: 3, storedBytes: '100MiB', historyDays: 30 },
    { name: 'pro', label: 'Pro', storedBytes: 5_000_000_000, prices: ['price_month', 'price_year'] },
  ],
};

const parse = (file: unknown): Plans => parsePlans(JSON.stringify(file), 'plans.json');

const faults = (file: unknown): string[] => {
  try {
    parse(file);
  } catch (error) {
    expect(error).toMatchObject({ code: 'config_invalid' });
    return (error as Error).message.split('\n- ').slice(1);
  }
  return [];
};

test('without a file everybody has everything', () => {
  const plans = new Plans();
  expect(plans.fallback).toBe(UNLIMITED_PLAN);
  expect(plans.all).toEqual([{ name: 'unlimited', label: 'Unlimited', prices: [] }]);
});

test('a file says what there is, and what those have who pay nothing', () => {
  const plans = parse(FILE);
  expect(plans.fallback).toMatchObject({ name: 'free', devices: 3, storedBytes: 100 * 1024 ** 2, historyDays: 30 });
  expect(plans.find('pro')).toMatchObject({ name: 'pro', storedBytes: 5_000_000_000 });
  expect(plans.find('pro')?.devices).toBeUndefined();
});

test('a plan is found by its prices', () => {
  const plans = parse(FILE);
  expect(plans.find('price_year')?.name).toBe('pro');
  expect(plans.find('price_other')).toBeUndefined();
  expect([plans.isPrice('price_year'), plans.isPrice('pro'), plans.isPrice('other')]).toEqual([true, false, false]);
});

test('plans rank in the order of the file', () => {
  const plans = parse(FILE);
  expect(['free', 'pro', 'gone'].map((name) => plans.rankOf(name))).toEqual([0, 1, -1]);
});

test('every fault is named at once, with its place', () => {
  const plans = [
    { name: 'Free', label: '', devices: 0, storedBytes: '1 GB', historyDays: 1.5 },
    { name: 'pro', label: 'Pro', prices: 'price', colour: 'red' },
  ];
  expect(faults({ plans, more: 1 })).toEqual([
    'default: has to be the name of one of the plans',
    'plans.0.name: has to be a word of a-z, 0-9 and -',
    'plans.0.label: has to be a text of 1 to 100 characters',
    'plans.0.devices: has to be a whole number above 0',
    'plans.0.storedBytes: has to be a number of bytes, such as 65536 or "100MiB"',
    'plans.0.historyDays: has to be a whole number above 0',
    'plans.1.prices: has to be a list of prices',
    'plans.1.colour: is not known',
    'more: is not known',
  ]);
});

test.each([
  ['no object', [], 'has to be an object with plans and default'],
  [
    'a plan that is called none',
    { default: 'none', plans: [{ name: 'none', label: 'None' }] },
    'plans.0.name: has to be another word than none',
  ],
  ['no plans', { default: 'x', plans: [] }, 'plans: has to be a list of plans'],
  ['a default that is not there', { ...FILE, default: 'gold' }, 'default: there is no plan gold'],
])('%s is a fault', (_, file, fault) => {
  expect(faults(file)).toEqual([fault]);
});

test('what names two plans is a fault', () => {
  const [free, pro] = FILE.plans;
  const plans = [free, pro, { ...pro, label: 'Again' }];
  expect(faults({ ...FILE, plans })).toEqual([
    'plans.2.name: pro is there already, at plans.1.name',
    'plans.2.prices.0: price_month is there already, at plans.1.prices.0',
    'plans.2.prices.1: price_year is there already, at plans.1.prices.1',
  ]);
});

test('a file that cannot be read, or is no JSON, is named', () => {
  const missing = (): never => {
    throw new Error('ENOENT');
  };
  expect(() => readPlans('/etc/plans.json', missing)).toThrow(
    expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining('/etc/plans.json') }),
  );
  expect(() => readPlans('/etc/plans.json', () => '{')).toThrow('/etc/plans.json is no JSON');
});
