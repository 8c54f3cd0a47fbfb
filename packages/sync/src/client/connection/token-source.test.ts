import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { TokenSource, type AuthToken } from './token-source.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe('a token', () => {
  test('is the one that was given, or what the function gives at that time', async () => {
    let asked = 0;
    const clock = new ManualClock();
    expect(await new TokenSource('fixed', clock).get()).toBe('fixed');
    const source = new TokenSource(() => `number ${++asked}`, clock);
    expect([await source.get(), await source.get()]).toEqual(['number 1', 'number 2']);
    expect(await new TokenSource(async () => 'promised', clock).get()).toBe('promised');
  });

  test('that cannot be got is a rejection, also where the function throws', async () => {
    const clock = new ManualClock();
    const failing = new TokenSource(() => {
      throw new Error('no network');
    }, clock);
    await expect(failing.get()).rejects.toThrow('no network');
  });

  test('that never comes is given up after half a minute', async () => {
    const clock = new ManualClock();
    let given: (token: string) => void = () => {};
    const source = new TokenSource(() => new Promise((resolve) => (given = resolve)), clock);
    const never = source.get();
    clock.advance(30_000);
    await expect(never).rejects.toThrow('no token came within 30 seconds');
    const late = source.get();
    clock.advance(29_999);
    given('late');
    expect([await late, clock.pending]).toEqual(['late', 0]);
  });

  test('can be replaced, and is renewable where it comes from a function', async () => {
    const source = new TokenSource('fixed', new ManualClock());
    expect(source.isRenewable).toBe(false);
    source.replace(() => 'fresh');
    expect([source.isRenewable, await source.get()]).toEqual([true, 'fresh']);
  });
});

describe('a token that is watched', () => {
  test.each([
    { lifeMs: 60 * MINUTE_MS, renewedAt: 59 * MINUTE_MS, why: 'a minute before its end' },
    { lifeMs: 100_000, renewedAt: 80_000, why: 'after four fifths of a short life' },
    { lifeMs: 500, renewedAt: 1_000, why: 'not more often than once a second' },
    { lifeMs: -5 * MINUTE_MS, renewedAt: 1_000, why: 'soon where it has expired' },
  ])('is renewed $why', ({ lifeMs, renewedAt }) => {
    const { clock, renewals, watch } = open(() => 'unused');
    watch(tokenExpiringAt(clock.now() + lifeMs));
    clock.advance(renewedAt - 1);
    expect(renewals()).toBe(0);
    clock.advance(1);
    expect(renewals()).toBe(1);
  });

  test('is renewed once, and not at all when the watching has ended', () => {
    const { clock, renewals, watch, source } = open(() => 'unused');
    watch(tokenExpiringAt(clock.now() + 10 * MINUTE_MS));
    watch(tokenExpiringAt(clock.now() + 10 * MINUTE_MS));
    clock.advance(DAY_MS);
    expect(renewals()).toBe(1);
    watch(tokenExpiringAt(clock.now() + 10 * MINUTE_MS));
    source.stop();
    clock.advance(DAY_MS);
    expect([renewals(), clock.pending]).toEqual([1, 0]);
  });

  test('sets no timer longer than platforms have', () => {
    const delays: number[] = [];
    const clock = new ManualClock();
    const setTimeout = (callback: () => void, delayMs: number) => {
      delays.push(delayMs);
      return clock.setTimeout(callback, delayMs);
    };
    const source = new TokenSource(() => 'unused', {
      now: () => clock.now(),
      uptimeMs: () => clock.uptimeMs(),
      setTimeout,
      defer: () => {},
      yield: () => {},
    });
    source.watch(tokenExpiringAt(clock.now() + 400 * DAY_MS), () => {});
    expect(delays).toEqual([2 ** 31 - 1]);
  });

  test('that was given as a text is not renewed: asking again would give the same', () => {
    const { clock, watch } = open('fixed');
    watch(tokenExpiringAt(clock.now() + MINUTE_MS));
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['', 'nothing'],
    ['opaque', 'no JWT'],
    ['a.b.c', 'no JSON in it'],
    [`a.${btoa('null')}.c`, 'no object in it'],
    [`a.${btoa('{}')}.c`, 'no expiry'],
    [`a.${btoa('{"exp":"soon"}')}.c`, 'an expiry that is no number'],
  ])('%j, with %s, is never renewed by itself', (token) => {
    const { clock, watch } = open(() => 'unused');
    watch(token);
    expect(clock.pending).toBe(0);
  });

  test('may be written in the alphabet for addresses, without padding', () => {
    const { clock, watch, renewals } = open(() => 'unused');
    const payload = JSON.stringify({ name: '???>>>~~', exp: clock.now() / 1_000 + 600 });
    const token = `a.${btoa(payload).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}.c`;
    expect(token).toMatch(/[-_]/);
    watch(token);
    clock.advance(9 * MINUTE_MS);
    expect(renewals()).toBe(1);
  });
});

function open(token: AuthToken) {
  const clock = new ManualClock();
  const source = new TokenSource(token, clock);
  let renewals = 0;
  return {
    clock,
    source,
    renewals: () => renewals,
    watch: (watched: string) => source.watch(watched, () => void renewals++),
  };
}

function tokenExpiringAt(ms: number): string {
  return `header.${btoa(JSON.stringify({ exp: ms / 1_000 }))}.signature`;
}
