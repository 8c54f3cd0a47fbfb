/** What the person behind a session may do: by the token, by what has changed since, and by the gate of the server. */
import { ProtocolError } from '@tributary/sync/protocol';
import { UNLIMITED, type Gate, type Quota } from '../auth/gate.ts';
import type { Authenticate, Identity, Role } from '../auth/identity.ts';
import type { Clock } from '../clock.ts';
import type { RelayLimits } from '../limits.ts';

export interface Authorization {
  readonly identity: Identity;
  readonly userId: string;
  readonly role: Role;
  readonly quota: Quota;
  /** Milliseconds since the epoch; Infinity for a token that does not expire. */
  readonly expiresAt: number;
}

export interface AuthorizationServices {
  readonly authenticate: Authenticate;
  /** Undefined where whoever has a role may come in. */
  readonly gate: Gate | undefined;
  readonly clock: Clock;
  readonly limits: RelayLimits;
}

/** Which replica asks for what. */
export interface Claim {
  readonly workspaceId: string;
  readonly siteId: Uint8Array;
}

/** Throws `unauthenticated`, `forbidden`, or whatever ProtocolError `authenticate` and the gate throw. */
export async function authorize(services: AuthorizationServices, token: string, claim: Claim): Promise<Authorization> {
  return admit(services, await identify(services.authenticate, token), claim);
}

/** The same as things are by now, for a person who came in with `identity`. */
export async function authorizeAgain(
  services: AuthorizationServices,
  identity: Identity,
  claim: Claim,
): Promise<Authorization> {
  return admit(services, (await identity.again?.()) ?? identity, claim);
}

async function admit(
  { gate, clock, limits }: AuthorizationServices,
  identity: Identity,
  { workspaceId, siteId }: Claim,
): Promise<Authorization> {
  const { userId, expiresAt = Infinity } = identity;
  if (clock.now() > expiresAt + limits.tokenToleranceMs) throw unauthenticated('the token has expired');
  const role = identity.roleIn(workspaceId);
  if (role === undefined) throw new ProtocolError('forbidden', `no access to the workspace ${workspaceId}`);
  const admitted = await gate?.admit({ identity, workspaceId, siteId });
  return { identity, userId, role, expiresAt, quota: admitted?.quota ?? UNLIMITED };
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
