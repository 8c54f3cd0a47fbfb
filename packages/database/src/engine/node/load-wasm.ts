import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DatabaseError } from '../../errors.ts';
import { WASM_FILE, WASM_SHA256 } from '../wasm/build.ts';

const require = createRequire(import.meta.url);
let compiled: WebAssembly.Module | undefined;

/** Compiles the wasm core, once per process. Every name and offset we use holds only for the pinned bytes. */
export function loadWasmModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readPinned());
  return compiled;
}

export function assertPinned(bytes: Uint8Array): void {
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (hash === WASM_SHA256) return;
  throw new DatabaseError('engine_unavailable', `${WASM_FILE} has sha256 ${hash}, not the pinned ${WASM_SHA256}`);
}

function readPinned(): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = readFileSync(require.resolve(WASM_FILE));
  } catch (error) {
    throw new DatabaseError('engine_unavailable', `the wasm engine needs the package @vlcn.io/wa-sqlite`, {
      cause: error,
    });
  }
  assertPinned(bytes);
  return bytes;
}
