import { expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { browserLocks, type PlatformLocks } from './browser-locks.ts';

/** One lock, which forgets whose turn it is when its holder dies, until somebody gives up waiting. */
class ForgetfulLocks implements PlatformLocks {
  readonly queue: { readonly hold: () => Promise<void>; isHeld: boolean }[] = [];
  queries = 0;

  request(_name: string, { signal }: { readonly signal: AbortSignal }, hold: () => Promise<void>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const request = { hold, isHeld: false };
      this.queue.push(request);
      signal.addEventListener('abort', () => {
        if (request.isHeld) return;
        this.queue.splice(this.queue.indexOf(request), 1);
        reject(signal.reason as Error);
        this.grant();
      });
      if (this.queue.length === 1) this.grant();
    });
  }

  async query() {
    this.queries++;
    return { held: this.queue.filter(({ isHeld }) => isHeld).map(() => ({ name: 'leader' })) };
  }

  grant(): void {
    const [first] = this.queue;
    if (first === undefined || first.isHeld) return;
    first.isHeld = true;
    void first.hold();
  }

  killHolder(): void {
    this.queue.shift();
  }
}

function waiters(count: number) {
  const platform = new ForgetfulLocks();
  const clock = new ManualClock();
  const locks = browserLocks(platform, clock);
  const granted: number[] = [];
  for (let waiter = 0; waiter < count; waiter++) {
    void locks.request('leader', () => {
      granted.push(waiter);
      return new Promise(() => {});
    });
  }
  return { platform, clock, locks, granted };
}

test('a lock that its dead holder left to nobody is granted to somebody who waits', async () => {
  const { platform, clock, granted } = waiters(3);
  platform.killHolder();
  expect(granted).toEqual([0]);
  await clock.advanceAsync(600);
  expect(granted).toHaveLength(2);
  platform.killHolder();
  await clock.advanceAsync(11_000);
  expect(granted.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
});

test('who waits for somebody who holds it looks more and more seldom, and keeps its place', async () => {
  const { platform, clock, granted } = waiters(2);
  await clock.advanceAsync(60_000);
  expect(platform.queries).toBeLessThan(12);
  expect(platform.queue.map(({ isHeld }) => isHeld)).toEqual([true, false]);
  expect(granted).toEqual([0]);
});

test('what fails for another reason is not tried again', async () => {
  const request = () => Promise.reject(new DOMException('not here', 'SecurityError'));
  const locks = browserLocks({ request, query: async () => ({}) }, new ManualClock());
  await expect(locks.request('leader', async () => {})).rejects.toThrow('not here');
});
