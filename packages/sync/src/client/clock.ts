/** Time as a parameter: a simulation brings its own. */
export interface Clock {
  /** Milliseconds since the epoch, as people and tokens mean them. May be set back. */
  now(): number;
  /** Milliseconds since some moment, never set back: for everything that is a duration. */
  uptimeMs(): number;
  /** Returns what cancels it. */
  setTimeout(callback: () => void, delayMs: number): () => void;
  /** As soon as what runs now is done. */
  defer(callback: () => void): void;
  /** After what has arrived in the meantime has had its turn. */
  yield(callback: () => void): void;
}

export const systemClock: Clock = {
  now: Date.now,
  uptimeMs: () => performance.now(),
  setTimeout: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  // Browsers want to be asked for it by its own name.
  defer: (callback) => queueMicrotask(callback),
  yield: yieldToOthers,
};

/** Where there is no setImmediate, a message is the shortest wait: a timer takes four milliseconds. */
function yieldToOthers(callback: () => void): void {
  if (typeof setImmediate === 'function') {
    setImmediate(callback);
    return;
  }
  const { port1, port2 } = new MessageChannel();
  const listener = () => {
    port1.close();
    callback();
  };
  port1.addEventListener('message', listener, { once: true });
  port1.start();
  port2.postMessage(null);
}
