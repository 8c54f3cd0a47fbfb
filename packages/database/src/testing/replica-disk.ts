import { WasmDriver } from '../engine/wasm/wasm-driver.ts';
import { loadWasmModule } from '../engine/node/load-wasm.ts';
import { Replica, type ReplicaEnvironment } from '../replica/replica.ts';
import type { ReplicaSchema } from '../schema/replica-schema.ts';
import { MemoryVfs } from './memory-vfs.ts';

const DATABASE = 'replica.db';

/** A disk in memory with one replica on it, which can be copied at any moment: what a crash leaves, or a backup holds. */
export class ReplicaDisk {
  readonly #vfs: MemoryVfs;

  constructor(vfs: MemoryVfs = new MemoryVfs()) {
    this.#vfs = vfs;
  }

  /** By whoever comes first; a replica that is still open has to be closed before. */
  open<T extends Record<string, unknown>>(schema: ReplicaSchema<T>, environment: ReplicaEnvironment): Replica<T> {
    return new Replica(
      new WasmDriver({ module: loadWasmModule(), vfs: this.#vfs, path: DATABASE }),
      schema,
      environment,
    );
  }

  copy(): ReplicaDisk {
    return new ReplicaDisk(this.#vfs.copy());
  }
}
