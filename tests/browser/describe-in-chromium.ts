import { describe, type SuiteFactory } from 'vitest';
import { CHROMIUM_FAULT } from './chromium.ts';

/** Where there is no Chromium its tests count as skipped, and the title says why. */
export function describeInChromium(title: string, suite: SuiteFactory): void {
  const describeHere = CHROMIUM_FAULT === undefined ? describe : describe.skip;
  describeHere(CHROMIUM_FAULT === undefined ? title : `${title}: ${CHROMIUM_FAULT}`, suite);
}
