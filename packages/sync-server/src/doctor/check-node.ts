/** Whether this Node is one that the program was made for. */
import { ok, wrong, type Finding } from './finding.ts';

/** `range` is as package.json has it: `^20.19.0 || >=24.0.0`. */
export function checkNode(version: string, range: string): Finding {
  const isGood = range.split('||').some((alternative) => fits(partsOf(version), alternative.trim()));
  const says = `${version} on ${process.platform} ${process.arch}`;
  return isGood ? ok('Node', says) : wrong('Node', says, `install Node ${range}: https://nodejs.org/en/download`);
}

function fits(actual: readonly number[], alternative: string): boolean {
  const least = partsOf(alternative.replace(/^(?:\^|>=)/, ''));
  if (alternative.startsWith('^') && actual[0] !== least[0]) return false;
  const at = least.findIndex((part, index) => part !== (actual[index] ?? 0));
  return at < 0 || (actual[at] ?? 0) > (least[at] ?? 0);
}

function partsOf(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10));
}
