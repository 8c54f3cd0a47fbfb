/** `tributary doctor` as it is called, and what it has found. */
import { runCommand } from '../../cli/testing/run-command.ts';
import type { Finding } from '../finding.ts';

export interface Found {
  readonly code: number;
  /** Of what was looked at under this name; undefined where nothing was. */
  readonly of: (about: string) => Finding | undefined;
  readonly wrong: readonly string[];
}

export async function findingsOf(...args: readonly string[]): Promise<Found> {
  const run = runCommand(['doctor', '--json', ...args]);
  const code = await run.code;
  const findings = JSON.parse(run.out) as Finding[];
  return {
    code,
    of: (about) => findings.find((finding) => finding.about === about),
    wrong: findings.filter(({ state }) => state === 'wrong').map(({ about }) => about),
  };
}
