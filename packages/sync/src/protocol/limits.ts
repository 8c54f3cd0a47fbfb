/** What one side takes from the other, on by default. The relay tells its own in Welcome, and clients keep to them. */
export interface ProtocolLimits {
  /** Of one frame, either way. */
  readonly maxFrameBytes: number;
  /** Of changes in one batch, or in one fragment. */
  readonly maxChangesPerBatch: number;
  /** Of one value, as UTF-8 or bytes. */
  readonly maxValueBytes: number;
  /** Of one version, all of its fragments together, as they are sent. */
  readonly maxVersionBytes: number;
}

export const DEFAULT_LIMITS: ProtocolLimits = {
  maxFrameBytes: 4 * 1024 * 1024,
  maxChangesPerBatch: 10_000,
  maxValueBytes: 1024 * 1024,
  maxVersionBytes: 64 * 1024 * 1024,
};

/** Of a packed primary key. */
export const MAX_KEY_BYTES = 1024;

/** Of a batch's body once inflated: a few bytes must not become gigabytes. */
export const MAX_INFLATED_BYTES = 32 * 1024 * 1024;

/** Of what a presence frame says. */
export const MAX_PRESENCE_BYTES = 4 * 1024;
