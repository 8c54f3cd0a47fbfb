/** What clients and the relay say to each other: frames, batches of changes, errors and limits. No I/O. */
export { decodeBatch, encodeBatch, readBatchHeader, type BatchPreview } from './batch-codec.ts';
export type { Batch, BatchHeader, Fragment } from './batch.ts';
export {
  errorOfClose,
  isProtocolErrorCode,
  PROTOCOL_ERRORS,
  ProtocolError,
  type ProtocolErrorCode,
  type Remedy,
} from './errors.ts';
export {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
  type ClientFrameInit,
  type ParsedClientFrame,
  type ParsedServerFrame,
  type ServerFrameInit,
} from './frames.ts';
export type {
  Ack,
  CaughtUp,
  Deliver,
  Entry,
  Hello,
  Limits,
  Ping,
  Pong,
  Presence,
  Push,
  Receipt,
  Received,
  Refill,
  Refilled,
  Reject,
  Renew,
  Welcome,
} from './gen/tributary_pb.ts';
export {
  DEFAULT_LIMITS,
  MAX_INFLATED_BYTES,
  MAX_KEY_BYTES,
  MAX_PRESENCE_BYTES,
  type ProtocolLimits,
} from './limits.ts';
export {
  agreeOnVersion,
  MIN_SUPPORTED_VERSION,
  PROTOCOL_VERSION,
  SPOKEN_VERSIONS,
  type VersionRange,
} from './version.ts';
