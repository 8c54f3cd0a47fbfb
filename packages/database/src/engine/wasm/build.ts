/**
 * The one wasm file we run, and the names its build gave to things. `@vlcn.io/wa-sqlite` 0.22.0 ships it with minified
 * names and with emscripten's glue, which emulates a file system nobody here wants; we use the .wasm alone. Everything
 * below holds for these exact bytes only, so loaders check the hash.
 */
export const WASM_FILE = '@vlcn.io/wa-sqlite/dist/crsqlite-sync.wasm';
export const WASM_SHA256 = '5b9df8d5f9894b5b6a3828791ffc9384d269592035271df7280c1b07227c9af8';

type Pointer = number;

/** The C API as exported: every number is an i32 unless it says double; an i64 argument is its low and high halves. */
export interface SqliteExports {
  callConstructors(): void;
  main(argc: number, argv: Pointer): number;
  malloc(bytes: number): Pointer;
  free(pointer: Pointer): void;
  stackSave(): Pointer;
  /** The high half of the last i64 result; the call itself returns the low half. */
  highHalf(): number;

  open_v2(path: Pointer, outDb: Pointer, flags: number, vfs: Pointer): number;
  close(db: Pointer): number;
  errmsg(db: Pointer): Pointer;
  exec(db: Pointer, sql: Pointer, callback: 0, context: 0, outMessage: 0): number;
  changes(db: Pointer): number;
  get_autocommit(db: Pointer): number;
  registerExtensionFunctions(db: Pointer): number;

  prepare_v2(db: Pointer, sql: Pointer, bytes: number, outStatement: Pointer, outTail: Pointer): number;
  step(statement: Pointer): number;
  reset(statement: Pointer): number;
  finalize(statement: Pointer): number;

  bind_parameter_count(statement: Pointer): number;
  bind_parameter_name(statement: Pointer, index: number): Pointer;
  bind_null(statement: Pointer, index: number): number;
  bind_double(statement: Pointer, index: number, value: number): number;
  bind_int64(statement: Pointer, index: number, low: number, high: number): number;
  bind_text(statement: Pointer, index: number, text: Pointer, bytes: number, destructor: number): number;
  bind_blob(statement: Pointer, index: number, blob: Pointer, bytes: number, destructor: number): number;

  column_count(statement: Pointer): number;
  column_name(statement: Pointer, index: number): Pointer;
  column_type(statement: Pointer, index: number): number;
  column_int64(statement: Pointer, index: number): number;
  column_double(statement: Pointer, index: number): number;
  column_text(statement: Pointer, index: number): Pointer;
  column_blob(statement: Pointer, index: number): Pointer;
  column_bytes(statement: Pointer, index: number): number;

  value_type(value: Pointer): number;
  value_int64(value: Pointer): number;
  value_double(value: Pointer): number;
  value_text(value: Pointer): Pointer;
  value_blob(value: Pointer): Pointer;
  value_bytes(value: Pointer): number;

  result_null(context: Pointer): void;
  result_double(context: Pointer, value: number): void;
  result_int64(context: Pointer, low: number, high: number): void;
  result_text(context: Pointer, text: Pointer, bytes: number, destructor: number): void;
  result_blob(context: Pointer, blob: Pointer, bytes: number, destructor: number): void;
  result_error(context: Pointer, message: Pointer, bytes: number): void;

  create_function(db: Pointer, name: Pointer, args: number, flags: number, id: number, kind: number): number;
  update_hook(db: Pointer, id: number): void;
  set_authorizer(db: Pointer): number;
  register_vfs(name: Pointer, maxPath: number, makeDefault: number, outVfs: Pointer): number;
}

export const EXPORT_NAMES: Readonly<Record<keyof SqliteExports, string>> = {
  callConstructors: 'va',
  main: 'Eb',
  malloc: 'ub',
  free: 'vb',
  stackSave: 'Ib',
  highHalf: 'Hb',
  open_v2: 'sb',
  close: 'Ga',
  errmsg: 'Ra',
  exec: 'Sa',
  changes: 'qb',
  get_autocommit: 'jb',
  registerExtensionFunctions: 'wb',
  prepare_v2: 'Ua',
  step: 'wa',
  reset: 'bb',
  finalize: 'Ta',
  bind_parameter_count: 'mb',
  bind_parameter_name: 'nb',
  bind_null: 'Da',
  bind_double: 'Ca',
  bind_int64: 'Ba',
  bind_text: 'Fa',
  bind_blob: 'za',
  column_count: 'Ia',
  column_name: 'Pa',
  column_type: 'Ha',
  column_int64: 'Oa',
  column_double: 'Ma',
  column_text: 'Ja',
  column_blob: 'Ka',
  column_bytes: 'La',
  value_type: 'db',
  value_int64: 'hb',
  value_double: 'ib',
  value_text: 'cb',
  value_blob: 'fb',
  value_bytes: 'eb',
  result_null: 'Za',
  result_double: 'Ya',
  result_int64: 'Xa',
  result_text: '$a',
  result_blob: 'Wa',
  result_error: '_a',
  create_function: 'yb',
  update_hook: 'zb',
  set_authorizer: 'xb',
  register_vfs: 'Cb',
};

export const MEMORY_EXPORT = 'ua';
export const IMPORT_MODULE = 'a';

/** Functions the module calls. Those not listed belong to parts of libc and of virtual tables that are never reached. */
export const IMPORT_NAMES = {
  assertionFailed: 'a',
  now: 'e',
  monotonicNow: 'd',
  localTime: 'k',
  timeZone: 's',
  copyMemory: 't',
  growMemory: 'o',
  environmentSizes: 'C',
  environment: 'B',
  openFile: 'z',
  readFile: 'y',
  closeFile: 'f',
  descriptorControl: 'b',
  authorize: 'ta',
  updated: 'I',
  callFunction: 'ia',
  vfsOpen: 'S',
  vfsDelete: 'ca',
  vfsAccess: 'ba',
  fileClose: 'aa',
  fileRead: 'R',
  fileWrite: 'Q',
  fileTruncate: 'O',
  fileSync: '$',
  fileSize: 'Z',
  fileLock: 'Y',
  fileUnlock: 'X',
  fileCheckReservedLock: 'W',
  fileControl: 'V',
  fileSectorSize: 'U',
  fileDeviceCharacteristics: 'T',
} as const;

/** Bytes of C stack; it grows down towards static data and nothing stops it. */
export const STACK_BYTES = 512 * 1024;

/** Where `struct sqlite3` keeps what the build exports no function for. */
export const DB_LAST_INSERT_ROWID = 40;
export const DB_TOTAL_CHANGES = 112;

/** From a database's `sqlite3_file` back to a byte of the `Pager` in front of it: whether it never gives up its locks. */
export const PAGER_EXCLUSIVE_MODE = -292;
