import { DatabaseError } from '../../errors.ts';
import type { Driver, EngineName } from '../driver.ts';
import { openNative } from '../native/open-native.ts';
import { openWasm } from './open-wasm.ts';

export type EngineChoice = 'auto' | EngineName;

export interface OpenDriverOptions {
  /** A file, or `:memory:`. */
  readonly path: string;
  /** `auto` is native where it can be loaded, and wasm elsewhere. */
  readonly engine?: EngineChoice;
  /** The cr-sqlite extension of the native engine; by default `CRSQLITE_PATH`. */
  readonly extensionPath?: string | undefined;
  /** Of a database that is made now; 0, nobody's, by default. */
  readonly applicationId?: number | undefined;
}

export function openDriver({ path, engine = 'auto', extensionPath, applicationId }: OpenDriverOptions): Driver {
  if (engine === 'wasm') return openWasm(path, applicationId);
  try {
    return openNative(path, { extensionPath, applicationId });
  } catch (error) {
    const isMissing = error instanceof DatabaseError && error.code === 'engine_unavailable';
    if (engine === 'auto' && isMissing) return openWasm(path, applicationId);
    throw error;
  }
}
