import { toDatabaseError } from '../../errors.ts';
import type { Driver } from '../driver.ts';
import { WasmDriver } from '../wasm/wasm-driver.ts';
import { acquireFiles, releaseFiles, type DatabaseFiles } from './database-files.ts';
import { loadBrowserWasm, type WasmSource } from './load-wasm.ts';
import { OpfsVfs } from './opfs-vfs.ts';

export interface OpenBrowserDriverOptions {
  /** Which of this origin's databases, or `:memory:`. */
  readonly name: string;
  /** The wasm core, such as `wasmUrl`. */
  readonly wasm: WasmSource;
  /** How long to wait while another tab or worker has the database; 3 s by default. */
  readonly waitMs?: number | undefined;
  /** Of a database that is made now; 0, nobody's, by default. */
  readonly applicationId?: number | undefined;
  /** Sees the first bytes of the file, none of a new one, before SQLite can write to it; what it throws stops the opening. */
  readonly checkHeader?: (header: Uint8Array) => void;
}

const DEFAULT_WAIT_MS = 3_000;
const HEADER_BYTES = 100;

/** In a dedicated worker only. This worker then owns the database until `close`. */
export async function openBrowserDriver(options: OpenBrowserDriverOptions): Promise<Driver> {
  const { name, wasm, waitMs = DEFAULT_WAIT_MS, applicationId, checkHeader } = options;
  const [loading, acquiring] = await Promise.allSettled([
    loadBrowserWasm(wasm),
    name === ':memory:' ? undefined : acquireFiles(name, waitMs),
  ]);
  if (acquiring.status === 'rejected') throw acquiring.reason;
  const files = acquiring.value;
  try {
    if (loading.status === 'rejected') throw loading.reason;
    if (files !== undefined) checkHeader?.(readHeader(files));
    return new WasmDriver({ module: loading.value, vfs: new OpfsVfs(name, files), path: name, applicationId });
  } catch (error) {
    if (files !== undefined) releaseFiles(files);
    throw toDatabaseError(error, `cannot open ${name}`);
  }
}

function readHeader({ database }: DatabaseFiles): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  return header.subarray(0, database.read(header, { at: 0 }));
}
