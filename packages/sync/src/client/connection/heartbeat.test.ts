import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { Heartbeat } from './heartbeat.ts';

const INTERVAL_MS = 1_000;

describe('a heartbeat', () => {
  test('asks at once, and then once in each interval', () => {
    const { clock, heartbeat, pings } = start();
    expect(pings).toEqual([1]);
    for (let second = 0; second < 3; second++) {
      heartbeat.heard();
      clock.advance(INTERVAL_MS);
    }
    expect(pings).toEqual([1, 2, 3, 4]);
  });

  test('takes the other side for dead after two intervals without a word, and says so once', () => {
    const { clock, pings, deaths } = start();
    clock.advance(2 * INTERVAL_MS - 1);
    expect(deaths()).toBe(0);
    clock.advance(1);
    expect(deaths()).toBe(1);
    clock.advance(10 * INTERVAL_MS);
    expect([deaths(), pings.length, clock.pending]).toEqual([1, 2, 0]);
  });

  test('takes anything it hears for a sign of life', () => {
    const { clock, heartbeat, deaths } = start();
    for (let beat = 0; beat < 20; beat++) {
      clock.advance(INTERVAL_MS * 0.7);
      heartbeat.heard();
    }
    expect(deaths()).toBe(0);
  });

  test('goes on after it was late once', () => {
    const { clock, heartbeat, deaths, pings } = start();
    clock.advance(2 * INTERVAL_MS - 1);
    heartbeat.heard();
    clock.advance(INTERVAL_MS);
    expect([deaths(), pings.length]).toEqual([0, 3]);
  });

  test('notices a death in time even when the time of day is set back', () => {
    const { clock, deaths } = start();
    clock.setNow(0);
    clock.advance(2 * INTERVAL_MS);
    expect(deaths()).toBe(1);
  });

  test('is silent once stopped, and begins anew when started again', () => {
    const { clock, heartbeat, pings, deaths } = start();
    heartbeat.stop();
    clock.advance(10 * INTERVAL_MS);
    expect([pings, deaths()]).toEqual([[1], 0]);
    heartbeat.start(INTERVAL_MS);
    clock.advance(INTERVAL_MS);
    expect([pings, deaths()]).toEqual([[1, 2, 3], 0]);
  });

  test('started twice still asks once in each interval', () => {
    const { clock, heartbeat, pings } = start();
    heartbeat.start(INTERVAL_MS);
    clock.advance(INTERVAL_MS);
    expect(pings).toEqual([1, 2, 3]);
  });
});

describe('the latency', () => {
  test('is the time from the latest ping to its answer', () => {
    const { clock, heartbeat } = start();
    const id = heartbeat.ping();
    clock.advance(42);
    expect(heartbeat.latencyOf(id)).toBe(42);
  });

  test('is not known from an answer to an earlier ping, or to none', () => {
    const { clock, heartbeat } = start();
    const first = heartbeat.ping();
    heartbeat.ping();
    clock.advance(10);
    expect([heartbeat.latencyOf(first), heartbeat.latencyOf(99)]).toEqual([undefined, undefined]);
  });
});

function start() {
  const clock = new ManualClock();
  const pings: number[] = [];
  let deaths = 0;
  const heartbeat = new Heartbeat(clock, { ping: (id) => void pings.push(id), dead: () => void deaths++ });
  heartbeat.start(INTERVAL_MS);
  return { clock, heartbeat, pings, deaths: () => deaths };
}
