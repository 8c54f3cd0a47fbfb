/**
 * A database connection inside one wasm instance: opening, compiling, errors, callbacks and closing. Statements and the
 * driver above it speak SQL and values; pointers stay below.
 */
import { DatabaseError, SqliteError } from '../../errors.ts';
import type { BindValue, ColumnValue } from '../driver.ts';
import { DB_LAST_INSERT_ROWID, DB_TOTAL_CHANGES } from './build.ts';
import type { Heap } from './heap.ts';
import type { WasmInstance } from './instance.ts';
import { CANTOPEN, codeName, FULL, IOERR, OK } from './result-codes.ts';
import { writeResult, readArgument } from './function-values.ts';
import { isOutOfSpace } from './vfs.ts';

const OPEN_READWRITE = 0x02;
const OPEN_CREATE = 0x04;
const OPEN_EXTENDED_CODES = 0x02000000;

const FUNCTION_UTF8 = 1;
const FUNCTION_DETERMINISTIC = 0x800;
const SCALAR = 0;
const ANY_NUMBER_OF_ARGUMENTS = -1;

/** A compiled statement in wasm memory, lent to one execution at a time. */
export interface Handle {
  readonly pointer: number;
  readonly isReader: boolean;
  readonly parameterCount: number;
  /** Parameter names with their prefix; undefined when every parameter is positional. */
  readonly parameterNames: readonly (string | undefined)[] | undefined;
  columnNames: readonly string[] | undefined;
  isLent: boolean;
  isLive: boolean;
  /** Not in the pool: finalized as soon as it is given back. */
  isExtra: boolean;
}

export interface ScalarFunction {
  readonly name: string;
  readonly body: (...args: ColumnValue[]) => BindValue;
  readonly deterministic: boolean;
  readonly varargs: boolean;
  readonly safeIntegers: boolean;
}

export class Connection {
  readonly instance: WasmInstance;
  readonly heap: Heap;
  readonly #functions: ScalarFunction[] = [];
  #pointer = 0;
  /** What JavaScript threw inside a callback, to be thrown again once the core has returned. */
  #thrown: { readonly error: unknown } | undefined;

  constructor(instance: WasmInstance) {
    this.instance = instance;
    this.heap = instance.heap;
    instance.callbacks.callFunction = (id, context, count, at) => this.#callFunction(id, context, count, at);
  }

  get isOpen(): boolean {
    return this.#pointer !== 0;
  }

  get inTransaction(): boolean {
    return this.isOpen && !this.instance.isPoisoned && this.instance.exports.get_autocommit(this.#pointer) === 0;
  }

  get totalChanges(): number {
    return this.heap.int32(this.#pointer + DB_TOTAL_CHANGES);
  }

  get changes(): number {
    return this.instance.exports.changes(this.#pointer);
  }

  get lastInsertRowid(): number {
    const { view } = this.heap;
    const at = this.#pointer + DB_LAST_INSERT_ROWID;
    return view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  }

  open(path: string, vfsName: string | undefined): void {
    const { exports } = this.instance;
    const mark = this.heap.mark();
    try {
      const out = this.heap.putBlob(new Uint8Array(4));
      const vfs = vfsName === undefined ? 0 : this.heap.putText(vfsName);
      const flags = OPEN_READWRITE | OPEN_CREATE | OPEN_EXTENDED_CODES;
      const code = this.guarded(() => exports.open_v2(this.heap.putText(path), out, flags, vfs));
      this.#pointer = this.heap.int32(out);
      if (code !== OK) {
        const error = this.failure(code);
        exports.close(this.#pointer);
        this.#pointer = 0;
        throw error;
      }
      exports.registerExtensionFunctions(this.#pointer);
    } finally {
      this.heap.release(mark);
    }
  }

  close(): void {
    const pointer = this.#pointer;
    const code = this.guarded(() => this.instance.exports.close(pointer));
    if (code !== OK) throw this.failure(code);
    this.#pointer = 0;
  }

  /** Without another write: what is not committed in the wal counts for nothing at the next open. */
  abandon(): void {
    this.#pointer = 0;
    this.instance.files.abandon();
  }

  exec(sql: string): void {
    const mark = this.heap.mark();
    try {
      const text = this.heap.putText(sql);
      const code = this.guarded(() => this.instance.exports.exec(this.#pointer, text, 0, 0, 0));
      if (code !== OK) throw this.failure(code);
      this.rethrow();
    } finally {
      this.heap.release(mark);
    }
  }

  compile(sql: string): Handle {
    const { exports } = this.instance;
    const mark = this.heap.mark();
    try {
      const text = this.heap.putText(sql);
      const end = text + this.heap.lastLength;
      const out = this.heap.putBlob(new Uint8Array(8));
      for (let start = text; ;) {
        const code = this.guarded(() => exports.prepare_v2(this.#pointer, start, end - start + 1, out, out + 4));
        if (code !== OK) throw this.failure(code);
        const pointer = this.heap.int32(out);
        const tail = this.heap.int32(out + 4);
        if (pointer !== 0) return this.#describe(pointer, this.heap.text(tail, Math.max(0, end - tail)));
        if (tail >= end || tail <= start) {
          throw new RangeError('The supplied SQL string contains no statements');
        }
        start = tail;
      }
    } finally {
      this.heap.release(mark);
    }
  }

  finalize(handle: Handle): void {
    if (this.isOpen && !this.instance.isPoisoned) this.instance.exports.finalize(handle.pointer);
  }

  createFunction(definition: ScalarFunction): void {
    const mark = this.heap.mark();
    try {
      const id = this.#functions.push(definition) - 1;
      const args = definition.varargs ? ANY_NUMBER_OF_ARGUMENTS : definition.body.length;
      const flags = FUNCTION_UTF8 | (definition.deterministic ? FUNCTION_DETERMINISTIC : 0);
      const name = this.heap.putText(definition.name);
      const code = this.instance.exports.create_function(this.#pointer, name, args, flags, id, SCALAR);
      if (code !== OK) throw this.failure(code);
    } finally {
      this.heap.release(mark);
    }
  }

  /** From then on every row change calls `callbacks.updated`. */
  installUpdateHook(): void {
    this.instance.exports.update_hook(this.#pointer, 0);
  }

  /** From then on every compilation calls `callbacks.authorize`. */
  installAuthorizer(): void {
    this.instance.exports.set_authorizer(this.#pointer);
  }

  /** Runs a core function; what it throws is a trap, as callbacks never let an exception through. */
  guarded<R>(call: () => R): R {
    this.instance.assertSound();
    try {
      return call();
    } catch (error) {
      throw this.instance.poison(error);
    }
  }

  /** The error for a result code: what a callback threw or the Vfs refused, where that is what it stands for. */
  failure(code: number): Error {
    const thrown = this.#thrown;
    this.#thrown = undefined;
    if (thrown) return thrown.error as Error;
    const message = this.heap.cString(this.instance.exports.errmsg(this.#pointer));
    const hidesCause = message.startsWith(EXTENSION_FAILED);
    const cause = this.#takeFileFailure(hidesCause || OF_FILES.has(code & 0xff));
    if (cause instanceof DatabaseError) return cause;
    if (hidesCause) return failureWhileOpening(cause);
    return new SqliteError(message, codeName(code), cause === undefined ? undefined : { cause });
  }

  /** What the Vfs refused last. SQLite gets over some failures, and those explain no later error of another kind. */
  #takeFileFailure(isOfFiles: boolean): unknown {
    const failure = this.instance.files.lastFailure;
    this.instance.files.lastFailure = undefined;
    return isOfFiles ? failure : undefined;
  }

  /** Keeps an exception of a callback until the core has returned. */
  keep(error: unknown): void {
    this.#thrown ??= { error };
  }

  rethrow(): void {
    const thrown = this.#thrown;
    if (!thrown) return;
    this.#thrown = undefined;
    throw thrown.error;
  }

  #describe(pointer: number, rest: string): Handle {
    const { exports } = this.instance;
    if (hasMoreSql(rest)) {
      exports.finalize(pointer);
      throw new RangeError('The supplied SQL string contains more than one statement');
    }
    const parameterCount = exports.bind_parameter_count(pointer);
    const names = Array.from({ length: parameterCount }, (_, index) => {
      const name = exports.bind_parameter_name(pointer, index + 1);
      return name === 0 ? undefined : this.heap.cString(name);
    });
    return {
      pointer,
      isReader: exports.column_count(pointer) > 0,
      parameterCount,
      parameterNames: names.some((name) => name !== undefined && !name.startsWith('?')) ? names : undefined,
      columnNames: undefined,
      isLent: false,
      isLive: true,
      isExtra: false,
    };
  }

  #callFunction(id: number, context: number, count: number, at: number): void {
    const { exports } = this.instance;
    const mark = this.heap.mark();
    try {
      const definition = this.#functions[id] as ScalarFunction;
      const args = Array.from({ length: count }, (_, index) =>
        readArgument(this.instance, this.heap.int32(at + index * 4), definition.safeIntegers),
      );
      writeResult(this.instance, context, definition.body(...args));
    } catch (error) {
      this.keep(error);
      const message = this.heap.putText('exception in a function');
      exports.result_error(context, message, this.heap.lastLength);
    } finally {
      this.heap.release(mark);
    }
  }
}

/** Result codes that a Vfs gives rise to. */
const OF_FILES: ReadonlySet<number> = new Set([IOERR, FULL, CANTOPEN]);

/** cr-sqlite reads the database while it is being opened; SQLite then hides why that failed. */
const EXTENSION_FAILED = 'automatic extension loading failed';

function failureWhileOpening(cause: unknown): SqliteError {
  if (cause === undefined) {
    return new SqliteError('cr-sqlite cannot read the database: it is malformed', 'SQLITE_CORRUPT');
  }
  const code = isOutOfSpace(cause) ? codeName(FULL) : codeName(IOERR);
  return new SqliteError('cr-sqlite cannot read or write the database', code, { cause });
}

const SPACE_AND_COMMENTS = /^(?:[\s;]+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))+/;

function hasMoreSql(rest: string): boolean {
  return rest.replace(SPACE_AND_COMMENTS, '') !== '';
}
