import { describe, type SuiteFactory } from 'vitest';
import { CHROMIUM_FAULT } from './chromium.ts';
import { FIREFOX_FAULT } from './firefox.ts';

/** Where there is no Chromium its tests count as skipped, and the title says why. */
export function describeInChromium(title: string, suite: SuiteFactory): void {
  describeUnless(CHROMIUM_FAULT, title, suite);
}

export function describeInFirefox(title: string, suite: SuiteFactory): void {
  describeUnless(FIREFOX_FAULT, title, suite);
}

function describeUnless(fault: string | undefined, title: string, suite: SuiteFactory): void {
  const describeHere = fault === undefined ? describe : describe.skip;
  describeHere(fault === undefined ? title : `${title}: ${fault}`, suite);
}
