import path from 'node:path';
import { DatabaseError, toDatabaseError } from '../../errors.ts';
import type { Driver } from '../driver.ts';
import { WasmDriver } from '../wasm/wasm-driver.ts';
import { loadWasmModule } from './load-wasm.ts';
import { NodeVfs } from './node-vfs.ts';
import { readHeader } from './read-header.ts';

export function openWasm(file: string): Driver {
  if (file !== ':memory:') refuseWal(file);
  try {
    return new WasmDriver({
      module: loadWasmModule(),
      vfs: new NodeVfs(),
      path: file === ':memory:' ? file : path.resolve(file),
    });
  } catch (error) {
    throw toDatabaseError(error, `cannot open ${file}`);
  }
}

/** Bytes 18 and 19 of the header say 2 for WAL. */
function refuseWal(file: string): void {
  if (readHeader(file)[18] !== 2) return;
  throw new DatabaseError(
    'cannot_open',
    `${file} is in WAL mode, which the wasm engine cannot read: open it once with the native engine, which ends that`,
  );
}
