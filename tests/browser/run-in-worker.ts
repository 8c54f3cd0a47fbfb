/** The tests that run in a dedicated worker of a browser, each told here as one of its own. */
import { expect, test } from 'vitest';
import type { ToldTest } from './page/vitest-in-worker.d.mts';

const RUN_LIMIT_MS = 120_000;

/** A worker that never answers cannot be asked to stop; its browser can. */
export async function withinLimit<T>(running: Promise<T>, kill: () => Promise<void>): Promise<T> {
  const limit = setTimeout(() => void kill(), RUN_LIMIT_MS);
  return running.finally(() => clearTimeout(limit));
}

export function expectAllPassed(told: readonly ToldTest[]): void {
  for (const { name, state, message } of told) {
    test(`${name.slice(0, -1).join(' > ')}: ${name.at(-1)}`, () => {
      expect(state, message).toBe('pass');
    });
  }

  test('the acceptance suite of the drivers ran, and what only a browser can do wrong', () => {
    expect(told.length).toBeGreaterThan(80);
  });
}
