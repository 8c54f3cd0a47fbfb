/** Values that cross into and out of SQL functions written in JavaScript. */
import type { BindValue, ColumnValue } from '../driver.ts';
import type { WasmInstance } from './instance.ts';
import { BLOB, FLOAT, INTEGER, TEXT, TRANSIENT } from './storage-classes.ts';

export function readArgument({ exports, heap }: WasmInstance, value: number, safeIntegers: boolean): ColumnValue {
  switch (exports.value_type(value)) {
    case INTEGER: {
      if (!safeIntegers) return exports.value_double(value);
      const low = exports.value_int64(value);
      return (BigInt(exports.highHalf()) << 32n) | BigInt(low >>> 0);
    }
    case FLOAT:
      return exports.value_double(value);
    case TEXT: {
      const text = exports.value_text(value);
      return heap.text(text, exports.value_bytes(value));
    }
    case BLOB: {
      const blob = exports.value_blob(value);
      return heap.blob(blob, exports.value_bytes(value));
    }
    default:
      return null;
  }
}

export function writeResult({ exports, heap }: WasmInstance, context: number, result: BindValue): void {
  if (result === null || result === undefined) exports.result_null(context);
  else if (typeof result === 'number') exports.result_double(context, result);
  else if (typeof result === 'bigint') {
    exports.result_int64(context, Number(BigInt.asIntN(32, result)), Number(BigInt.asIntN(64, result) >> 32n));
  } else if (typeof result === 'string') {
    const text = heap.putText(result);
    exports.result_text(context, text, heap.lastLength, TRANSIENT);
  } else if (result instanceof Uint8Array) {
    const blob = heap.putBlob(result);
    exports.result_blob(context, blob, heap.lastLength, TRANSIENT);
  } else {
    throw new TypeError('User-defined function returned an invalid value');
  }
}
