/** The part of the C library that SQLite reaches, in terms of JavaScript's. */
import type { IMPORT_NAMES } from './build.ts';
import type { Heap } from './heap.ts';

type LibcName = Extract<
  keyof typeof IMPORT_NAMES,
  | 'assertionFailed'
  | 'now'
  | 'monotonicNow'
  | 'localTime'
  | 'timeZone'
  | 'growMemory'
  | 'environmentSizes'
  | 'environment'
  | 'openFile'
  | 'readFile'
  | 'closeFile'
  | 'descriptorControl'
>;

const ENOENT = -44;
/** The first descriptor that is not standard input, output or error; SQLite mistrusts lower ones. */
const URANDOM_DESCRIPTOR = 3;
const URANDOM = '/dev/urandom';
/** `crypto.getRandomValues` refuses more at once. */
const MAX_RANDOM_BYTES = 65_536;

const PAGE_BYTES = 65_536;
const MAX_MEMORY_BYTES = 2 ** 31;
const GROWTH = 1.2;
const MAX_GROWTH_BYTES = 96 * 2 ** 20;

export function createLibc(heap: () => Heap): Record<LibcName, (...args: number[]) => number | void> {
  return {
    assertionFailed: (condition) => {
      throw new WebAssembly.RuntimeError(`assertion failed: ${condition ? heap().cString(condition) : ''}`);
    },
    now: () => Date.now(),
    monotonicNow: () => performance.now(),
    localTime: (low, high, tm) => writeLocalTime(heap().view, high * 2 ** 32 + (low >>> 0), tm),
    timeZone: () => {},
    growMemory: (bytes) => growMemory(heap(), bytes >>> 0),
    environmentSizes: (outCount, outBytes) => {
      heap().view.setInt32(outCount, 0, true);
      heap().view.setInt32(outBytes, 0, true);
      return 0;
    },
    environment: () => 0,
    // SQLite seeds its generator, and so the site ids, from here; without it they would be guessable and could repeat.
    openFile: (_directory, path) => (heap().cString(path) === URANDOM ? URANDOM_DESCRIPTOR : ENOENT),
    readFile: (_descriptor, vectors, count, outRead) => readRandom(heap(), vectors, count, outRead),
    closeFile: () => 0,
    descriptorControl: () => 0,
  };
}

function readRandom(heap: Heap, vectors: number, count: number, outRead: number): number {
  const { bytes, view } = heap;
  let total = 0;
  for (let vector = vectors; vector < vectors + count * 8; vector += 8) {
    const start = view.getUint32(vector, true);
    const length = view.getUint32(vector + 4, true);
    for (let done = 0; done < length; done += MAX_RANDOM_BYTES) {
      const random = crypto.getRandomValues(new Uint8Array(Math.min(length - done, MAX_RANDOM_BYTES)));
      bytes.set(random, start + done);
    }
    total += length;
  }
  view.setUint32(outRead, total, true);
  return 0;
}

function growMemory(heap: Heap, neededBytes: number): number {
  if (neededBytes > MAX_MEMORY_BYTES) return 0;
  const current = heap.byteLength;
  const generous = Math.min(current * GROWTH, neededBytes + MAX_GROWTH_BYTES, MAX_MEMORY_BYTES);
  for (const target of [Math.max(generous, neededBytes), neededBytes]) {
    try {
      heap.grow(Math.ceil((target - current) / PAGE_BYTES));
      return 1;
    } catch {
      // The platform may still have room for the smaller step.
    }
  }
  return 0;
}

/** C's `struct tm`, all 32-bit: sec, min, hour, mday, mon, year, wday, yday, isdst, gmtoff. */
function writeLocalTime(view: DataView, seconds: number, tm: number): void {
  const date = new Date(seconds * 1000);
  const startOfYear = new Date(date.getFullYear(), 0, 1);
  const summer = new Date(date.getFullYear(), 6, 1).getTimezoneOffset();
  const winter = startOfYear.getTimezoneOffset();
  const isSummerTime = summer !== winter && date.getTimezoneOffset() === Math.min(winter, summer);
  const dayOfYear = Math.round((startOfDay(date) - startOfYear.getTime()) / 86_400_000);
  [
    date.getSeconds(),
    date.getMinutes(),
    date.getHours(),
    date.getDate(),
    date.getMonth(),
    date.getFullYear() - 1900,
    date.getDay(),
    dayOfYear,
    isSummerTime ? 1 : 0,
    -60 * date.getTimezoneOffset(),
  ].forEach((field, index) => view.setInt32(tm + index * 4, field, true));
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
