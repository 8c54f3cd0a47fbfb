import { nativeEngineFault, openNative } from '../native/open-native.ts';
import type { Driver, EngineName } from '../driver.ts';

export type EngineChoice = 'auto' | EngineName;

export interface OpenDriverOptions {
  /** A file, or `:memory:`. */
  readonly path: string;
  readonly engine?: EngineChoice;
  readonly extensionPath?: string;
}

export function openDriver({ path, engine = 'auto', extensionPath }: OpenDriverOptions): Driver {
  return openNative(path, extensionPath);
}
