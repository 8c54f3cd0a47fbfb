/**
 * The frames that carry edits, by hand: Push, Ack and Deliver are made and read for each edit, and the generated code takes
 * several times as long for them. It has the last word, though: a frame that is not just as these always are is undefined
 * here, and left to it. What is made here has the bytes that it would have made.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Ack, AckSchema, Deliver, DeliverSchema, Entry, EntrySchema, Push } from './gen/tributary_pb.ts';
import { pushVarint, VarintReader } from './wire/varints.ts';

/** Of a field: its number, and how it lies on the wire. */
const VARINT = 0;
const DELIMITED = 2;
const FIXED32 = 5;
const tag = (field: number, wireType: number): number => (field << 3) | wireType;

const PUSH = tag(2, DELIMITED);
const PUSH_BATCH = tag(1, DELIMITED);
const ACK = tag(2, DELIMITED);
const ACK_TO_VERSION = tag(1, VARINT);
const ACK_SEQ = tag(2, VARINT);
const ACK_MARK = tag(3, FIXED32);
const DELIVER = tag(3, DELIMITED);
const DELIVER_ENTRY = tag(1, DELIMITED);
const DELIVER_MARK = tag(2, FIXED32);
const ENTRY_SEQ = tag(1, VARINT);
const ENTRY_SITE_ID = tag(2, DELIMITED);
const ENTRY_KNOWN_VERSION = tag(3, VARINT);
const ENTRY_BATCH = tag(4, DELIMITED);

const NONE = new Uint8Array(0);
const MAX_MARK = 2 ** 32 - 1;

export function encodePush(batch: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (batch.length === 0) return undefined;
  const head = prefixOf(PUSH_BATCH, batch.length);
  return joined([prefixOf(PUSH, head.length + batch.length), head, batch]);
}

export function encodeAck({ toVersion, seq, mark }: MessageInitShape<typeof AckSchema>) {
  if (!isUsual(toVersion) || !isUsual(seq) || !isMark(mark)) return undefined;
  const body: number[] = [];
  pushNumber(ACK_TO_VERSION, toVersion, body);
  pushNumber(ACK_SEQ, seq, body);
  pushMark(ACK_MARK, mark, body);
  return joined([prefixOf(ACK, body.length), body]);
}

export function encodeDeliver({ entries = [], mark }: MessageInitShape<typeof DeliverSchema>) {
  if (!isMark(mark)) return undefined;
  const parts: Bytes[] = [];
  let length = 0;
  for (const entry of entries) {
    const { batch = NONE } = entry;
    const head = headOfEntry(entry, batch.length);
    if (head === undefined) return undefined;
    const prefix = prefixOf(DELIVER_ENTRY, head.length + batch.length);
    parts.push(prefix, head, batch);
    length += prefix.length + head.length + batch.length;
  }
  const tail: number[] = [];
  pushMark(DELIVER_MARK, mark, tail);
  return joined([prefixOf(DELIVER, length + tail.length), ...parts, tail]);
}

export function decodePush(frame: Uint8Array): { case: 'push'; value: Push } | undefined {
  const reader = bodyOf(PUSH, frame);
  if (reader?.next !== PUSH_BATCH) return undefined;
  const batch = takeBytes(PUSH_BATCH, reader);
  return reader.isAtEnd ? { case: 'push', value: { $typeName: 'tributary.v1.Push', batch } } : undefined;
}

export function decodeAck(frame: Uint8Array): { case: 'ack'; value: Ack } | undefined {
  const reader = bodyOf(ACK, frame);
  if (reader === undefined) return undefined;
  const toVersion = takeNumber(ACK_TO_VERSION, reader);
  const seq = takeNumber(ACK_SEQ, reader);
  const mark = takeMark(ACK_MARK, reader);
  return reader.isAtEnd ? { case: 'ack', value: { $typeName: 'tributary.v1.Ack', toVersion, seq, mark } } : undefined;
}

export function decodeDeliver(frame: Uint8Array): { case: 'deliver'; value: Deliver } | undefined {
  const reader = bodyOf(DELIVER, frame);
  if (reader === undefined) return undefined;
  const entries: Entry[] = [];
  while (reader.next === DELIVER_ENTRY) {
    const entry = decodeEntry(takeBytes(DELIVER_ENTRY, reader));
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  const mark = takeMark(DELIVER_MARK, reader);
  if (!reader.isAtEnd) return undefined;
  return { case: 'deliver', value: { $typeName: 'tributary.v1.Deliver', entries, mark } };
}

function decodeEntry(bytes: Uint8Array): Entry | undefined {
  const reader = new VarintReader(bytes);
  const seq = takeNumber(ENTRY_SEQ, reader);
  const siteId = takeBytes(ENTRY_SITE_ID, reader);
  const knownVersion = takeNumber(ENTRY_KNOWN_VERSION, reader);
  const batch = takeBytes(ENTRY_BATCH, reader);
  return reader.isAtEnd ? { $typeName: 'tributary.v1.Entry', seq, siteId, knownVersion, batch } : undefined;
}

type Bytes = Uint8Array | readonly number[];

function headOfEntry({ seq, siteId, knownVersion }: MessageInitShape<typeof EntrySchema>, batchBytes: number) {
  if (!isUsual(seq) || !isUsual(knownVersion)) return undefined;
  const head: number[] = [];
  pushNumber(ENTRY_SEQ, seq, head);
  if (siteId !== undefined && siteId.length > 0) head.push(...prefixOf(ENTRY_SITE_ID, siteId.length), ...siteId);
  pushNumber(ENTRY_KNOWN_VERSION, knownVersion, head);
  if (batchBytes > 0) head.push(...prefixOf(ENTRY_BATCH, batchBytes));
  return head;
}

function isUsual(number: bigint | undefined): boolean {
  return number === undefined || (number >= 0n && number <= Number.MAX_SAFE_INTEGER);
}

function isMark(mark: number | undefined): boolean {
  return mark === undefined || (Number.isInteger(mark) && mark >= 0 && mark <= MAX_MARK);
}

function prefixOf(fieldTag: number, length: number): number[] {
  const prefix = [fieldTag];
  pushVarint(length, prefix);
  return prefix;
}

function pushNumber(fieldTag: number, value: bigint | undefined, into: number[]): void {
  if (value === undefined || value === 0n) return;
  into.push(fieldTag);
  pushVarint(Number(value), into);
}

function pushMark(fieldTag: number, mark: number | undefined, into: number[]): void {
  if (mark === undefined || mark === 0) return;
  into.push(fieldTag, mark & 0xff, (mark >>> 8) & 0xff, (mark >>> 16) & 0xff, mark >>> 24);
}

function joined(parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Undefined where it is not one message of this kind, to the last byte. */
function bodyOf(fieldTag: number, frame: Uint8Array): VarintReader | undefined {
  if (frame[0] !== fieldTag) return undefined;
  const reader = new VarintReader(frame);
  reader.uint32();
  return reader.uint32() === reader.left ? reader : undefined;
}

/** A field that is not the next one was left out, and so is 0 or empty. */
function takeNumber(fieldTag: number, reader: VarintReader): bigint {
  if (reader.next !== fieldTag) return 0n;
  reader.uint32();
  return BigInt(reader.uint53());
}

function takeBytes(fieldTag: number, reader: VarintReader): Uint8Array {
  if (reader.next !== fieldTag) return NONE;
  reader.uint32();
  return reader.slice(reader.uint32());
}

function takeMark(fieldTag: number, reader: VarintReader): number {
  if (reader.next !== fieldTag) return 0;
  reader.uint32();
  const [a = 0, b = 0, c = 0, d = 0] = reader.slice(4);
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
