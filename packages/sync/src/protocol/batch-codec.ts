/**
 * Batches to bytes and back. What comes from outside is parsed here, once: it is well-formed to the last bit, or it is a
 * `malformed_frame`. Whether its changes may be stored and applied is for others to say.
 */
import { deflate, inflate } from '#deflate';
import { MAX_DB_VERSION, SITE_ID_BYTES } from '@tributary/database/changes';
import type { Batch, BatchHeader, Fragment } from './batch.ts';
import { decodeBody, encodeBody } from './body/body-codec.ts';
import { malformed } from './errors.ts';
import { BatchSchema } from './gen/tributary_pb.ts';
import { MAX_INFLATED_BYTES } from './limits.ts';
import { layoutsOf, MessageWriter, numbersOf, readFields } from './wire/message-fields.ts';

/** Shorter bodies would hardly shrink. */
const DEFLATE_ABOVE_BYTES = 1024;

/** No deflated byte stands for more than this. */
const MAX_DEFLATE_RATIO = 1032;

/** Above any limit that a relay may set for its batches. */
const MAX_CHANGES = 1_000_000;

const MAX_UINT32 = 2 ** 32 - 1;

/** Field numbers by name. */
const BATCH = numbersOf(BatchSchema.field);
const BATCH_LAYOUTS = layoutsOf(BatchSchema);

/** All that is known of a batch before its body is unpacked. */
export interface BatchPreview extends BatchHeader {
  readonly changeCount: number;
}

export function encodeBatch(batch: Batch): Uint8Array<ArrayBuffer> {
  const fault = headerFault(batch);
  if (fault !== undefined) throw new TypeError(fault);
  const plain = encodeBody(batch);
  if (plain.length > MAX_INFLATED_BYTES) throw new TypeError(`a batch cannot hold ${plain.length} bytes`);
  const deflated = plain.length > DEFLATE_ABOVE_BYTES ? deflate(plain) : plain;
  const isSmaller = deflated.length < plain.length;

  const message = new MessageWriter();
  message.number(BATCH.prevVersion, batch.prevVersion);
  message.number(BATCH.toVersion, batch.toVersion);
  message.optionalNumber(BATCH.base, batch.base);
  message.number(BATCH.refill, batch.refill ? 1 : 0);
  message.number(BATCH.fragment, batch.fragment?.index ?? 0);
  message.number(BATCH.fragments, batch.fragment?.count ?? 0);
  message.number(BATCH.changeCount, batch.changes.length);
  message.number(BATCH.inflatedBytes, isSmaller ? plain.length : 0);
  message.bytes(BATCH.body, isSmaller ? deflated : plain);
  return message.finish();
}

/** The changes are the author's, unless it is a refill: that names the site of each. */
export function decodeBatch(bytes: Uint8Array, author: Uint8Array, maxChanges: number = MAX_CHANGES): Batch {
  if (author.length !== SITE_ID_BYTES) throw new TypeError(`a site id cannot have ${author.length} bytes`);
  const { preview, body, inflatedBytes } = readBatch(bytes);
  const { changeCount, ...header } = preview;
  if (changeCount > maxChanges) throw malformed(`a batch has ${changeCount} changes, more than ${maxChanges}`);
  const plain = inflatedBytes === 0 ? body : inflate(body, inflatedBytes);
  const { refill, toVersion } = header;
  const changes = decodeBody(plain, { changeCount, toVersion, author: refill ? undefined : author });
  return { ...header, changes };
}

/** Without a look into the body. */
export function readBatchHeader(bytes: Uint8Array): BatchPreview {
  return readBatch(bytes).preview;
}

interface RawBatch {
  readonly preview: BatchPreview;
  readonly body: Uint8Array;
  /** 0 when the body is not deflated. */
  readonly inflatedBytes: number;
}

function readBatch(message: Uint8Array): RawBatch {
  const { numbers, bytes } = readFields(message, BATCH_LAYOUTS, 0);
  const preview: BatchPreview = {
    prevVersion: numbers[BATCH.prevVersion] ?? 0,
    toVersion: numbers[BATCH.toVersion] ?? 0,
    base: numbers[BATCH.base],
    refill: flagOf(numbers[BATCH.refill]),
    fragment: fragmentOf(numbers[BATCH.fragment], numbers[BATCH.fragments]),
    changeCount: numbers[BATCH.changeCount] ?? 0,
  };
  const fault = headerFault(preview);
  if (fault !== undefined) throw malformed(fault);
  const body = bytes[BATCH.body] ?? new Uint8Array(0);
  const inflatedBytes = numbers[BATCH.inflatedBytes] ?? 0;
  if (inflatedBytes > Math.min(MAX_INFLATED_BYTES, body.length * MAX_DEFLATE_RATIO)) {
    throw malformed(`${body.length} deflated bytes of a batch cannot become ${inflatedBytes}`);
  }
  return { preview, body, inflatedBytes };
}

function flagOf(value: number = 0): boolean {
  if (value > 1) throw malformed('a batch is neither a refill nor none');
  return value === 1;
}

function fragmentOf(index: number = 0, count: number = 0): Fragment | undefined {
  return index === 0 && count === 0 ? undefined : { index, count };
}

function headerFault({ prevVersion, toVersion, base, fragment }: BatchHeader): string | undefined {
  if (!isCount(prevVersion, toVersion - 1) || !isCount(toVersion, MAX_DB_VERSION)) {
    return `a batch cannot go from version ${prevVersion} to ${toVersion}`;
  }
  if (base !== undefined && !isCount(base, Number.MAX_SAFE_INTEGER)) return `a batch cannot have the base ${base}`;
  if (fragment === undefined) return undefined;
  const { index, count } = fragment;
  const isOneOfMany = isCount(count, MAX_UINT32) && isCount(index, count - 1);
  return isOneOfMany ? undefined : `a batch cannot be fragment ${index} of ${count}`;
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}
