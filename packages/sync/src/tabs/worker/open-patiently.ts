import type { Clock } from '../../client/clock.ts';

export interface OpenPatientlyOptions<T> {
  readonly open: () => Promise<T>;
  readonly clock: Clock;
  /** Asked before each attempt. */
  readonly isWanted: () => boolean;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;
const PATIENCE_MS = 10_000;

/**
 * Opens what a tab that has just died may still hold for a moment: tries again while the error says that this can help.
 * Undefined when it is no longer wanted.
 */
export async function openPatiently<T>({ open, clock, isWanted }: OpenPatientlyOptions<T>): Promise<T | undefined> {
  const until = clock.uptimeMs() + PATIENCE_MS;
  for (let pauseMs = FIRST_PAUSE_MS; isWanted(); pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await open();
    } catch (error) {
      if (!isRetryable(error) || clock.uptimeMs() + pauseMs > until) throw error;
    }
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, pauseMs));
  }
  return undefined;
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}
