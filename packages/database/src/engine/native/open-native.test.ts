import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeEachEngine } from '../../testing/engines.ts';
import { temporaryPath } from '../../testing/temporary-path.ts';
import { openDriver } from '../node/open-driver.ts';
import { nativeEngineFault } from './open-native.ts';

const missing = '/nowhere/crsqlite';

test('a missing extension is named', () => {
  expect(() => openDriver({ path: ':memory:', engine: 'native', extensionPath: missing })).toThrow(
    expect.objectContaining({ code: 'engine_unavailable' }),
  );
  expect(nativeEngineFault(missing)?.message).toContain('/nowhere/crsqlite');
});

test('auto falls back to wasm where native cannot be had', () => {
  const driver = openDriver({ path: temporaryPath(), engine: 'auto', extensionPath: missing });
  expect(driver.engine).toBe('wasm');
  driver.close();
});

describeEachEngine('engine choice', (engine) => {
  test('gives the engine asked for', () => {
    const driver = openDriver({ path: ':memory:', engine });
    expect(driver.engine).toBe(engine);
    driver.close();
  });
});

test('a file that is no extension makes the engine unavailable, not the program fail', () => {
  const path = temporaryPath('crsqlite.so');
  writeFileSync(path, 'not a library');
  expect(nativeEngineFault(path)?.code).toBe('engine_unavailable');
});
