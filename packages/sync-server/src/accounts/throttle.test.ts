import { describe, expect, test } from 'vitest';
import { ApiError } from '../errors.ts';
import { Throttle, type ThrottleRates } from './throttle.ts';

const RATES: ThrottleRates = {
  pair: { perSecond: 1, burst: 2 },
  email: { perSecond: 1, burst: 3 },
  network: { perSecond: 1, burst: 4 },
  registering: { perSecond: 1, burst: 2 },
  asking: { perSecond: 1, burst: 2 },
};

function create(rates: Partial<ThrottleRates> = RATES, maxKept?: number) {
  const time = { ms: 0 };
  const throttle = new Throttle({ uptimeMs: () => time.ms, rates, ...(maxKept !== undefined && { maxKept }) });
  return { throttle, time };
}

/** When to come again; undefined for what was let through. */
function refused(attempt: () => unknown): number | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'rate_limited') return error.retryAfterMs;
    throw error;
  }
}

describe('signing in is slowed down', () => {
  test('for one e-mail from one network, until some time has passed', () => {
    const { throttle, time } = create();
    for (let attempt = 0; attempt < 2; attempt++) throttle.signIn('ann', 'home');
    expect(refused(() => throttle.signIn('ann', 'home'))).toBe(1_000);
    time.ms = 1_000;
    throttle.signIn('ann', 'home');
    expect(refused(() => throttle.signIn('ann', 'home'))).toBe(1_000);
  });

  test('not for others in the same office', () => {
    const { throttle } = create();
    for (let attempt = 0; attempt < 2; attempt++) throttle.signIn('ann', 'office');
    expect(refused(() => throttle.signIn('bob', 'office'))).toBeUndefined();
  });

  test('not for the person elsewhere, while somebody else guesses', () => {
    const { throttle } = create();
    for (let attempt = 0; attempt < 50; attempt++) refused(() => throttle.signIn('ann', 'attacker'));
    expect(refused(() => throttle.signIn('ann', 'home'))).toBeUndefined();
  });

  test('for one e-mail from many networks', () => {
    const { throttle } = create();
    for (const network of ['a', 'b', 'c']) throttle.signIn('ann', network);
    expect(refused(() => throttle.signIn('ann', 'd'))).toBe(1_000);
  });

  test('for one network with many e-mails', () => {
    const { throttle } = create();
    for (const email of ['a', 'b', 'c', 'd']) throttle.signIn(email, 'home');
    expect(refused(() => throttle.signIn('e', 'home'))).toBe(1_000);
    expect(refused(() => throttle.signIn('e', 'away'))).toBeUndefined();
  });

  test('not for those who get it right, however often', () => {
    const { throttle } = create();
    for (let attempt = 0; attempt < 100; attempt++) throttle.signIn('ann', 'home')();
    expect(refused(() => throttle.signIn('ann', 'home'))).toBeUndefined();
  });

  test('an attempt that was refused costs nothing more', () => {
    const { throttle, time } = create();
    for (let attempt = 0; attempt < 2; attempt++) throttle.signIn('ann', 'home');
    for (let attempt = 0; attempt < 10; attempt++) refused(() => throttle.signIn('ann', 'home'));
    time.ms = 1_000;
    expect(refused(() => throttle.signIn('ann', 'home'))).toBeUndefined();
  });
});

test('registering, asking and confirming are each counted for themselves', () => {
  const { throttle } = create();
  for (let attempt = 0; attempt < 2; attempt++) {
    throttle.register('home');
    throttle.ask('home');
    throttle.confirm('ann-id');
  }
  expect(refused(() => throttle.register('home'))).toBe(1_000);
  expect(refused(() => throttle.ask('home'))).toBe(1_000);
  expect(refused(() => throttle.confirm('ann-id'))).toBe(1_000);
  expect(refused(() => throttle.register('away'))).toBeUndefined();
  expect(refused(() => throttle.ask('away'))).toBeUndefined();
  expect(refused(() => throttle.confirm('bob-id'))).toBeUndefined();
});

test('an office of 60 people signs in at nine o’clock, and some of them mistype', () => {
  const { throttle } = create({});
  const outcomes = Array.from({ length: 60 }, (_, person) =>
    refused(() => {
      throttle.signIn(`person${person}`, 'office');
      if (person % 5 > 0) return;
      throttle.signIn(`person${person}`, 'office')();
    }),
  );
  expect(outcomes.filter((outcome) => outcome !== undefined)).toEqual([]);
});

test('of any number of networks only so many are remembered, and the one that tries most is', () => {
  const { throttle } = create(RATES, 100);
  for (let attempt = 0; attempt < 2; attempt++) throttle.register('busy');
  let letThrough = 0;
  for (let network = 0; network < 10_000; network++) {
    throttle.register(`network${network}`);
    if (network % 50 === 0 && refused(() => throttle.register('busy')) === undefined) letThrough++;
  }
  expect(letThrough).toBe(0);
});
