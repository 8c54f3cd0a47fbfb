import path from 'node:path';
import { toDatabaseError } from '../../errors.ts';
import type { Driver } from '../driver.ts';
import { WasmDriver } from '../wasm/wasm-driver.ts';
import { loadWasmModule } from './load-wasm.ts';
import { NodeVfs } from './node-vfs.ts';

export function openWasm(file: string, applicationId?: number): Driver {
  try {
    return new WasmDriver({
      module: loadWasmModule(),
      vfs: new NodeVfs(),
      path: file === ':memory:' ? file : path.resolve(file),
      applicationId,
    });
  } catch (error) {
    throw toDatabaseError(error, `cannot open ${file}`);
  }
}
