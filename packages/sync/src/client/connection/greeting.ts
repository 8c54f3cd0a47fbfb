/** How a session begins: what the client says of itself, and what the relay answers. */
import { hexToBytes } from '@tributary/database/changes';
import {
  DEFAULT_LIMITS,
  SPOKEN_VERSIONS,
  type ClientFrameInit,
  type ProtocolLimits,
  type Welcome,
} from '../../protocol/index.ts';
import type { SyncPosition } from '../sync-store.ts';

export interface Greeter {
  readonly token: string;
  readonly workspaceId: string;
  /** In hexadecimal. */
  readonly siteId: string;
  readonly position: SyncPosition;
  readonly wantsRefill: boolean;
  readonly clientName: string | undefined;
}

export function helloOf({ token, workspaceId, siteId, position, wantsRefill, clientName }: Greeter): ClientFrameInit {
  return {
    case: 'hello',
    value: {
      protocolVersion: SPOKEN_VERSIONS.newest,
      minVersion: SPOKEN_VERSIONS.oldest,
      token,
      workspaceId,
      siteId: hexToBytes(siteId),
      epoch: position.epoch ?? '',
      cursor: BigInt(position.pullCursor),
      mark: position.cursorMark,
      client: clientName ?? '',
      wantsRefill,
    },
  };
}

/** Whatever the relay asks for: no line answers faster every time. */
const MIN_HEARTBEAT_MS = 1_000;

export function heartbeatOf({ heartbeatMs }: Welcome): number {
  return Math.max(heartbeatMs, MIN_HEARTBEAT_MS);
}

export function limitsOf({ limits }: Welcome): ProtocolLimits {
  return { ...DEFAULT_LIMITS, ...(limits && pickLimits(limits)) };
}

function pickLimits({
  maxFrameBytes,
  maxChangesPerBatch,
  maxValueBytes,
  maxVersionBytes,
}: ProtocolLimits): ProtocolLimits {
  return { maxFrameBytes, maxChangesPerBatch, maxValueBytes, maxVersionBytes };
}
