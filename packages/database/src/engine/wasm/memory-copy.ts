/**
 * `memcpy` for the core, without leaving wasm. The core calls an import for every copy of more than 512 bytes, which is
 * about fifty times for one replicated row, as SQLite journals pages for each statement; in JavaScript that is a seventh
 * of the row's whole cost. Two tiny modules of our own answer it instead:
 *
 *   core ──import──► trampoline ──table──► copier: memory.copy on the core's memory
 *
 * The trampoline is there because the core's memory, which the copier needs, does not exist before the core does.
 */
export interface MemoryCopy {
  /** What the core imports: (to, from, length). */
  readonly copy: WebAssembly.ExportValue;
  /** To be called once the core is there, before it runs. */
  connect(memory: WebAssembly.Memory): void;
}

export function createMemoryCopy(): MemoryCopy {
  const table = new WebAssembly.Table({ initial: 1, element: 'anyfunc' });
  return {
    copy: instantiate(TRAMPOLINE, table),
    connect: (memory) => table.set(0, instantiate(COPIER, memory)),
  };
}

function instantiate(bytes: Uint8Array<ArrayBuffer>, imported: WebAssembly.ImportValue): WebAssembly.ExportValue {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { e: { i: imported } }).exports['f'] as never;
}

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const I32 = 0x7f;
const FUNCREF = 0x70;
const AT_LEAST_ONE = [0, 1];
const LOCAL_GET_ALL = [0x20, 0, 0x20, 1, 0x20, 2];
const END = 0x0b;

/** Calls the table's first function with its own three arguments. */
const TRAMPOLINE = assemble([1, FUNCREF, ...AT_LEAST_ONE], [...LOCAL_GET_ALL, 0x41, 0, 0x11, 0, 0]);

/** memory.copy */
const COPIER = assemble([2, ...AT_LEAST_ONE], [...LOCAL_GET_ALL, 0xfc, 10, 0, 0]);

/** A module that imports one thing as e.i, and exports one function f of three i32 without a result. */
function assemble(imported: readonly number[], body: readonly number[]): Uint8Array<ArrayBuffer> {
  const name = (letter: string): number[] => [1, letter.charCodeAt(0)];
  const section = (id: number, ...content: number[]): number[] => [id, content.length, ...content];
  return Uint8Array.from([
    ...MAGIC_AND_VERSION,
    ...section(1, 1, 0x60, 3, I32, I32, I32, 0),
    ...section(2, 1, ...name('e'), ...name('i'), ...imported),
    ...section(3, 1, 0),
    ...section(7, 1, ...name('f'), 0, 0),
    ...section(10, 1, body.length + 2, 0, ...body, END),
  ]);
}
