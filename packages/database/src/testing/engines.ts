import { describe, type SuiteFactory } from 'vitest';
import type { EngineName } from '../engine/driver.ts';
import { nativeEngineFault } from '../engine/native/open-native.ts';

/** Why an engine is not tested here; absent for one that is. */
export const ENGINE_FAULTS: Readonly<Record<EngineName, string | undefined>> = {
  wasm: undefined,
  native: nativeEngineFault()?.message,
};

export const ENGINES: readonly EngineName[] = ['wasm', 'native'];

export const AVAILABLE_ENGINES = ENGINES.filter((engine) => ENGINE_FAULTS[engine] === undefined);

/** Runs the suite on each engine; where one is missing its tests count as skipped and the title says why. */
export function describeEachEngine(title: string, suite: (engine: EngineName) => void): void {
  for (const engine of ENGINES) {
    const fault = ENGINE_FAULTS[engine];
    const body: SuiteFactory = () => suite(engine);
    if (fault === undefined) describe(`${title} (${engine})`, body);
    else describe.skip(`${title} (${engine}): ${fault}`, body);
  }
}
