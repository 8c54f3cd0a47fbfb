/** Time and scheduling as a port, so that a simulation can run hours in a moment, the same way each time. */
export interface Clock {
  /** Milliseconds since the epoch, as people and tokens mean them. May be set back. */
  now(): number;
  /** Milliseconds since some moment, never set back: for everything that is a duration. */
  uptimeMs(): number;
  /** Returns what cancels it. */
  setTimeout(run: () => void, delayMs: number): () => void;
  /** Soon, after what is arriving right now. */
  defer(run: () => void): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  uptimeMs: () => performance.now(),
  setTimeout(run, delayMs) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  defer: (run) => void setImmediate(run),
};
