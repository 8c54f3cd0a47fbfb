import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Killed {
  /** The lines that the child had printed, each written before it went on. */
  readonly lines: readonly string[];
  /** It ended by itself before the kill came. */
  readonly finished: boolean;
}

export interface KillTime {
  /** The line after which the time runs; the first by default. */
  readonly afterLine?: number;
  readonly ms: number;
}

/** Runs a program of this folder and kills it with SIGKILL. */
export async function runAndKill(program: string, args: readonly string[], kill: KillTime): Promise<Killed> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    if (lines.length === (kill.afterLine ?? 1)) timer = setTimeout(() => child.kill('SIGKILL'), kill.ms);
  });
  const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.on('close', (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal })),
  );
  clearTimeout(timer);
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`${program} failed with exit code ${code}`);
  return { lines, finished: signal !== 'SIGKILL' };
}
