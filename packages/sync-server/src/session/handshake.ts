/** What a Hello must be. */
import { SITE_ID_BYTES } from '@tributary/database/changes';
import { agreeOnVersion, ProtocolError, SPOKEN_VERSIONS, type Hello } from '@tributary/sync/protocol';
import type { AdmissionRequest } from '../room/room-member.ts';
import { isWorkspaceId } from './workspace-id.ts';

export interface CheckedHello extends AdmissionRequest {
  readonly protocolVersion: number;
  readonly workspaceId: string;
  readonly siteKey: string;
  readonly client: string;
  readonly schemaVersion: number;
}

/** No log names its lives longer; a session keeps the name. */
const MAX_EPOCH_LENGTH = 64;

/** For the logs only. */
const MAX_CLIENT_LENGTH = 64;

export function checkHello(hello: Hello): CheckedHello {
  const spoken = { newest: hello.protocolVersion, oldest: hello.minVersion };
  const protocolVersion = agreeOnVersion(spoken);
  if (protocolVersion === undefined) {
    const { newest, oldest } = SPOKEN_VERSIONS;
    throw new ProtocolError(
      'version_unsupported',
      `the client speaks versions ${spoken.oldest} to ${spoken.newest}, the relay ${oldest} to ${newest}`,
    );
  }
  if (!isWorkspaceId(hello.workspaceId)) throw malformed('a workspace id is 1 to 64 of A-Z, a-z, 0-9, _ and -');
  if (hello.siteId.length !== SITE_ID_BYTES) throw malformed(`a site id of ${hello.siteId.length} bytes`);
  if (hello.siteId.every((byte) => byte === 0)) throw malformed('a site id of nothing but zeros');
  if (hello.epoch.length > MAX_EPOCH_LENGTH) throw malformed(`an epoch of ${hello.epoch.length} characters`);
  // A copy: the message that it came in need not stay in memory.
  const siteId = Uint8Array.from(hello.siteId);
  return {
    protocolVersion,
    workspaceId: hello.workspaceId,
    siteId,
    siteKey: Buffer.from(siteId).toString('hex'),
    epoch: hello.epoch,
    cursor: Number(hello.cursor),
    mark: hello.mark,
    wantsRefill: hello.wantsRefill,
    client: hello.client.slice(0, MAX_CLIENT_LENGTH),
    schemaVersion: hello.schemaVersion,
  };
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('malformed_frame', message);
}
