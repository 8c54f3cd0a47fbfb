/**
 * Frames to bytes and back. Bytes from outside are parsed here, once, and come out typed or as a `malformed_frame`. What a
 * frame may say in its place is for the session to check.
 */
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { decodeAck, decodeDeliver, decodePush, encodeAck, encodeDeliver, encodePush } from './edit-frames.ts';
import { ProtocolError } from './errors.ts';
import { ClientFrameSchema, ServerFrameSchema } from './gen/tributary_pb.ts';

type FrameOf<Init> = Init extends { frame?: infer F } ? Extract<F, { case: string }> : never;

/** As `{ case: 'push', value: { … } }`; fields left out have their defaults. */
export type ClientFrameInit = FrameOf<MessageInitShape<typeof ClientFrameSchema>>;
export type ServerFrameInit = FrameOf<MessageInitShape<typeof ServerFrameSchema>>;

export type ParsedClientFrame = ReturnType<typeof decodeClientFrame>;
export type ParsedServerFrame = ReturnType<typeof decodeServerFrame>;

export function encodeClientFrame(frame: ClientFrameInit): Uint8Array<ArrayBuffer> {
  const push = frame.case === 'push' && frame.value.batch !== undefined ? encodePush(frame.value.batch) : undefined;
  return push ?? toBinary(ClientFrameSchema, create(ClientFrameSchema, { frame }));
}

export function encodeServerFrame(frame: ServerFrameInit): Uint8Array<ArrayBuffer> {
  return encodedByHand(frame) ?? toBinary(ServerFrameSchema, create(ServerFrameSchema, { frame }));
}

export function decodeClientFrame(bytes: Uint8Array) {
  const push = unlessUnusual(decodePush, bytes);
  if (push !== undefined) return push;
  const { frame } = parsed(() => fromBinary(ClientFrameSchema, bytes, READ_OPTIONS));
  if (frame.case === undefined) throw new ProtocolError('malformed_frame', 'the frame is of no known kind');
  return frame;
}

export function decodeServerFrame(bytes: Uint8Array) {
  const byHand = unlessUnusual(decodeDeliver, bytes) ?? unlessUnusual(decodeAck, bytes);
  if (byHand !== undefined) return byHand;
  const { frame } = parsed(() => fromBinary(ServerFrameSchema, bytes, READ_OPTIONS));
  if (frame.case === undefined) throw new ProtocolError('malformed_frame', 'the frame is of no known kind');
  return frame;
}

function encodedByHand(frame: ServerFrameInit): Uint8Array<ArrayBuffer> | undefined {
  if (frame.case === 'ack') return encodeAck(frame.value);
  return frame.case === 'deliver' ? encodeDeliver(frame.value) : undefined;
}

/** What ends early may still be a frame to the generated code, or a fault for it to name. */
function unlessUnusual<Frame>(decode: (bytes: Uint8Array) => Frame | undefined, bytes: Uint8Array) {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}

/** Fields of a newer peer are skipped, not carried along. */
const READ_OPTIONS = { readUnknownFields: false };

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new ProtocolError('malformed_frame', 'the bytes are no frame', { cause });
  }
}
