/** What a Hello must be, and what its token allows. */
import { SITE_ID_BYTES } from '@tributary/database/changes';
import { agreeOnVersion, ProtocolError, SPOKEN_VERSIONS, type Hello } from '@tributary/sync/protocol';
import type { Authenticate, Identity, Role } from '../auth/identity.ts';
import type { Clock } from '../clock.ts';
import type { RelayLimits } from '../limits.ts';
import type { AdmissionRequest } from '../room/room-member.ts';
import { isWorkspaceId } from './workspace-id.ts';

export interface CheckedHello extends AdmissionRequest {
  readonly protocolVersion: number;
  readonly workspaceId: string;
  readonly siteKey: string;
  readonly client: string;
  readonly schemaVersion: number;
}

export interface Authorization {
  readonly userId: string;
  readonly role: Role;
  /** Milliseconds since the epoch; Infinity for a token that does not expire. */
  readonly expiresAt: number;
}

export interface AuthorizationServices {
  readonly authenticate: Authenticate;
  readonly clock: Clock;
  readonly limits: RelayLimits;
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

/** Throws `unauthenticated`, `forbidden`, or whatever ProtocolError `authenticate` throws. */
export async function authorize(
  { authenticate, clock, limits }: AuthorizationServices,
  token: string,
  workspaceId: string,
): Promise<Authorization> {
  const identity = await identify(authenticate, token);
  const expiresAt = identity.expiresAt ?? Infinity;
  if (clock.now() > expiresAt + limits.tokenToleranceMs) throw unauthenticated('the token has expired');
  const role = identity.roleIn(workspaceId);
  if (role === undefined) throw new ProtocolError('forbidden', `no access to the workspace ${workspaceId}`);
  return { userId: identity.userId, role, expiresAt };
}

async function identify(authenticate: Authenticate, token: string): Promise<Identity> {
  try {
    return await authenticate(token);
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw unauthenticated('the token is not accepted', cause);
  }
}

function unauthenticated(message: string, cause?: unknown): ProtocolError {
  return new ProtocolError('unauthenticated', message, { cause });
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('malformed_frame', message);
}
