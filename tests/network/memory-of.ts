/** How much memory another process uses, as it says itself when asked. */
import type { ChildProcess } from 'node:child_process';

export interface MemoryUse {
  readonly rssBytes: number;
  /** What is still referenced, buffers included: garbage is collected first. */
  readonly liveBytes: number;
}

/** With these, and a channel to this process, a Node process can be asked. */
export const PROBE_ARGS = ['--expose-gc', '--import', new URL('memory-probe.mjs', import.meta.url).href] as const;

export function memoryOf(child: ChildProcess): Promise<MemoryUse> {
  return new Promise((resolve, reject) => {
    child.once('message', (use) => resolve(use as MemoryUse));
    child.send('memory', (error) => error && reject(error));
  });
}
