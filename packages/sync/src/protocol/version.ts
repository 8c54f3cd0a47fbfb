/**
 * The protocol's version. It rises with every change of tributary.proto; the floor rises when an old version can no
 * longer be served. Both sides say both numbers in their first frame, and speak the highest version that both know.
 *
 *   1  the first
 */
export const PROTOCOL_VERSION = 1;

/** The oldest version that this code still speaks. */
export const MIN_SUPPORTED_VERSION = 1;

export interface VersionRange {
  readonly newest: number;
  readonly oldest: number;
}

export const SPOKEN_VERSIONS: VersionRange = { newest: PROTOCOL_VERSION, oldest: MIN_SUPPORTED_VERSION };

/** The version to speak with a peer, or undefined when there is none that both know. */
export function agreeOnVersion(peer: VersionRange, own: VersionRange = SPOKEN_VERSIONS): number | undefined {
  const version = Math.min(peer.newest, own.newest);
  return version >= Math.max(peer.oldest, own.oldest) ? version : undefined;
}
