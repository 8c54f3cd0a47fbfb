/**
 * One instance of the wasm core: one database, one memory, one C stack. Our own glue, with just what SQLite reaches of
 * libc: time, randomness, memory growth, and callbacks.
 *
 * An exception that is not SQLite's (a trap, a JavaScript stack overflow) leaves C memory in an unknown state. It poisons
 * the instance: every later call fails, nothing is written any more, and reopening finds the last commit.
 */
import { DatabaseError } from '../../errors.ts';
import { EXPORT_NAMES, IMPORT_MODULE, IMPORT_NAMES, MEMORY_EXPORT, STACK_BYTES, type SqliteExports } from './build.ts';
import { Heap } from './heap.ts';
import { createLibc } from './libc.ts';
import { createMemoryCopy } from './memory-copy.ts';
import { VfsBridge, MAX_PATH_BYTES, type Vfs } from './vfs.ts';

/** What the core calls back for; one of each suffices, as an instance holds one database. */
export interface Callbacks {
  authorize(action: number, first: number, second: number): number;
  updated(operation: number, table: number, rowid: number): void;
  callFunction(id: number, context: number, argumentCount: number, argumentsAt: number): void;
}

/** The one other import is `memory-copy`'s. */
type AnsweredHere = Exclude<keyof typeof IMPORT_NAMES, 'copyMemory'>;

const CANARY = 0x5afe5afe;
/** Errors of the C library's kind: "function not implemented". */
const ENOSYS = -52;

export class WasmInstance {
  readonly exports: SqliteExports;
  readonly heap: Heap;
  readonly files: VfsBridge;
  readonly callbacks: Callbacks;
  readonly #canary: number;
  #poison: unknown;

  constructor(module: WebAssembly.Module, vfs: Vfs) {
    this.files = new VfsBridge(vfs, () => this.heap);
    this.callbacks = { authorize: () => 0, updated: () => {}, callFunction: () => {} };
    const memoryCopy = createMemoryCopy();
    const imports = { ...this.#imports(module), [IMPORT_NAMES.copyMemory]: memoryCopy.copy };
    const raw = new WebAssembly.Instance(module, { [IMPORT_MODULE]: imports }).exports;
    const memory = raw[MEMORY_EXPORT] as WebAssembly.Memory;
    memoryCopy.connect(memory);
    this.exports = nameExports(raw);
    this.heap = new Heap(memory, this.exports);
    this.exports.callConstructors();
    this.exports.main(0, 0);
    this.heap.reserveScratch();
    this.#canary = this.#placeCanary();
    this.#registerVfs(vfs.name);
  }

  get isPoisoned(): boolean {
    return this.#poison !== undefined;
  }

  /** Throws when this instance may no longer be used. */
  assertSound(): void {
    if (this.#poison === undefined && this.heap.int32(this.#canary) !== CANARY) {
      this.#poison = new Error('the C stack overflowed');
    }
    if (this.#poison === undefined) return;
    throw new DatabaseError('engine_poisoned', 'the SQLite engine failed; close the database and open it again', {
      cause: this.#poison,
    });
  }

  /** Call with what a core function threw; every such exception is a trap. */
  poison(error: unknown): DatabaseError {
    this.#poison ??= error;
    return new DatabaseError('engine_poisoned', `the SQLite engine failed: ${String(error)}`, { cause: error });
  }

  /** The stack grows down into static data without any check, so a word at its end tells whether it ever got there. */
  #placeCanary(): number {
    const canary = (this.exports.stackSave() - STACK_BYTES + 64) & ~7;
    this.heap.view.setInt32(canary, CANARY, true);
    return canary;
  }

  #registerVfs(name: string): void {
    const mark = this.heap.mark();
    this.exports.register_vfs(this.heap.putText(name), MAX_PATH_BYTES, 0, this.heap.putBlob(new Uint8Array(8)));
    this.heap.release(mark);
  }

  #imports(module: WebAssembly.Module): Record<string, WebAssembly.ImportValue> {
    const { files, callbacks } = this;
    const named: Record<AnsweredHere, (...args: number[]) => number | void> = {
      ...createLibc(() => this.heap),
      authorize: (_db, action, first, second) => callbacks.authorize(action, first, second),
      updated: (_id, operation, _schema, table, low, high) =>
        callbacks.updated(operation, table, high * 2 ** 32 + (low >>> 0)),
      callFunction: (id, context, count, at) => callbacks.callFunction(id, context, count, at),
      vfsOpen: (_vfs, path, id, flags, outFlags) => files.open(path, id, flags, outFlags),
      vfsDelete: (_vfs, path, syncDirectory) => files.delete(path, syncDirectory),
      vfsAccess: (_vfs, path, _kind, outExists) => files.access(path, outExists),
      fileClose: (id) => files.close(id),
      fileRead: (id, into, length, offset) => files.read(id, into, length, offset),
      fileWrite: (id, from, length, offset) => files.write(id, from, length, offset),
      fileTruncate: (id, size) => files.truncate(id, size),
      fileSync: (id) => files.sync(id),
      fileSize: (id, outSize) => files.size(id, outSize),
      fileLock: (id) => files.lock(id),
      fileUnlock: () => files.unlock(),
      fileCheckReservedLock: (_id, outReserved) => files.checkReservedLock(outReserved),
      fileControl: () => files.fileControl(),
      fileSectorSize: () => files.sectorSize(),
      fileDeviceCharacteristics: () => files.deviceCharacteristics(),
    };
    const unreached = WebAssembly.Module.imports(module).map(({ name }) => [name, () => ENOSYS]);
    const provided = Object.entries(named).map(([name, answer]) => [IMPORT_NAMES[name as AnsweredHere], answer]);
    return Object.fromEntries([...unreached, ...provided]) as Record<string, WebAssembly.ImportValue>;
  }
}

function nameExports(raw: WebAssembly.Exports): SqliteExports {
  const named = Object.entries(EXPORT_NAMES).map(([name, minified]) => [name, raw[minified]]);
  return Object.fromEntries(named) as SqliteExports;
}
