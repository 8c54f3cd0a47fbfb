import type { Driver, EngineName } from '../driver.ts';
import { nativeEngineFault, openNative } from '../native/open-native.ts';
import { openWasm } from './open-wasm.ts';

export type EngineChoice = 'auto' | EngineName;

export interface OpenDriverOptions {
  /** A file, or `:memory:`. */
  readonly path: string;
  /** `auto` is native where it can be loaded, and wasm elsewhere. */
  readonly engine?: EngineChoice;
  /** The cr-sqlite extension of the native engine; by default `CRSQLITE_PATH`. */
  readonly extensionPath?: string | undefined;
}

export function openDriver({ path, engine = 'auto', extensionPath }: OpenDriverOptions): Driver {
  const isNative = engine === 'auto' ? nativeEngineFault(extensionPath) === undefined : engine === 'native';
  return isNative ? openNative(path, extensionPath) : openWasm(path);
}
