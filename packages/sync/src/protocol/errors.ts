/**
 * Everything that can go wrong between a client and the relay, in one place: the close codes of the socket and the codes
 * of Reject frames. `docs/errors.md` and a part of `docs/protocol.md` are generated from this table.
 */
interface ProtocolErrorDoc {
  /** The WebSocket close code where it ends the session; null where the session goes on after a Reject. */
  readonly closeCode: number | null;
  /**
   * What a client does about it by itself: connect again (`reconnect`), get a fresh token first (`renew`), try the same
   * frame later (`retry`), become another site (`rotate`), or wait for a person (`stop`).
   */
  readonly remedy: Remedy;
  readonly meaning: string;
  readonly normal: string;
  readonly action: string;
}

export type Remedy = 'reconnect' | 'renew' | 'retry' | 'rotate' | 'stop';

export const PROTOCOL_ERRORS = {
  going_away: {
    closeCode: 1001,
    remedy: 'reconnect',
    meaning: 'The relay is shutting down in good order. Everything it had acknowledged is on disk.',
    normal: 'Yes, when it is updated or restarted.',
    action: 'Nothing: clients connect again by themselves.',
  },
  frame_too_large: {
    closeCode: 1009,
    remedy: 'stop',
    meaning: 'A frame was larger than the limit told in Welcome.',
    normal: 'No: a faulty or hostile client.',
    action: 'Keep to the limits of Welcome; raise the relay’s limit if the data is meant to be that large.',
  },
  internal: {
    closeCode: 1011,
    remedy: 'reconnect',
    meaning: 'Something failed on the relay that is no fault of the client.',
    normal: 'No.',
    action: 'Look at the relay’s log. Clients connect again by themselves and send again what was not acknowledged.',
  },
  malformed_frame: {
    closeCode: 4400,
    remedy: 'stop',
    meaning: 'Bytes arrived that are no frame of the protocol, or a frame that breaks its rules.',
    normal: 'No: a faulty or hostile client.',
    action: 'Update the client. Nothing of the frame was stored.',
  },
  unauthenticated: {
    closeCode: 4401,
    remedy: 'renew',
    meaning: 'The token is missing, forged, expired, or meant for somebody else.',
    normal: 'Yes, when a token expired while a device was offline.',
    action: 'Get a fresh token. Edits that were not sent yet stay on the device.',
  },
  forbidden: {
    closeCode: 4403,
    remedy: 'stop',
    meaning: 'The token is good, but it gives no access to this workspace.',
    normal: 'Yes, for somebody who was removed from it.',
    action: 'Ask an owner of the workspace. Edits that were not sent yet stay on the device.',
  },
  token_expired: {
    closeCode: 4405,
    remedy: 'renew',
    meaning: 'The session’s token expired and no fresh one arrived in time.',
    normal: 'Yes, for a device that slept.',
    action: 'Nothing: a client that was given a function for its token gets a fresh one and connects again.',
  },
  hello_timeout: {
    closeCode: 4408,
    remedy: 'reconnect',
    meaning: 'A socket was opened and no Hello came in time.',
    normal: 'On very slow networks.',
    action: 'Nothing: clients connect again by themselves.',
  },
  site_replaced: {
    closeCode: 4409,
    remedy: 'rotate',
    meaning: 'Another connection of the same site was opened; a site has one at a time.',
    normal:
      'Yes, for a connection whose end the relay had not noticed. Otherwise two copies of one database file are in use.',
    action:
      'Nothing: a client that is still alive connects again, and becomes a site of its own if that happens twice.',
  },
  epoch_changed: {
    closeCode: 4410,
    remedy: 'reconnect',
    meaning: 'The relay found that its log has been lost or restored from a copy, and has begun a new life of it.',
    normal: 'Only after a restore.',
    action: 'Nothing: clients connect again and send what the log now lacks.',
  },
  access_changed: {
    closeCode: 4411,
    remedy: 'reconnect',
    meaning: 'What the person may do in this workspace has changed while the session was open.',
    normal: 'Yes, when an owner changes a role, or a plan changes.',
    action: 'Nothing: clients connect again and are told what holds.',
  },
  device_revoked: {
    closeCode: 4412,
    remedy: 'stop',
    meaning: 'The device was shut out, or the sign-in that the token came from was ended.',
    normal: 'Yes, after somebody revoked the device, changed the password or signed out everywhere.',
    action: 'Sign in again, if the device is still meant to sync. Edits that were not sent yet stay on it.',
  },
  site_taken: {
    closeCode: 4413,
    remedy: 'rotate',
    meaning: 'The replica has synced with another account before; a site is one person’s.',
    normal: 'Yes, when two people use one database file after each other.',
    action: 'Nothing: the client becomes a site of its own and connects again.',
  },
  too_many_devices: {
    closeCode: 4414,
    remedy: 'stop',
    meaning: 'The plan of the account includes no more devices.',
    normal: 'Yes, with a plan that has such a limit.',
    action: 'Revoke a device that is no longer used, or choose another plan. Edits stay on the device.',
  },
  change_refused: {
    closeCode: 4422,
    remedy: 'stop',
    meaning: 'A change breaks a rule that keeps replicas sound: its site, key, clocks, names, type or size.',
    normal: 'No: a faulty or hostile client, or a value larger than the limit.',
    action: 'The message names the rule. Nothing of the batch was stored; everything stays on the device.',
  },
  version_unsupported: {
    closeCode: 4426,
    remedy: 'stop',
    meaning: 'Client and relay know no version of the protocol in common.',
    normal: 'Yes, after a long time without an update of one of them.',
    action: 'Update the older one. Edits stay on the device until then.',
  },
  too_many_connections: {
    closeCode: 4429,
    remedy: 'reconnect',
    meaning: 'This user, or the relay as a whole, has as many connections as the limit allows.',
    normal: 'No: many devices at once, or a client that does not close its connections.',
    action: 'Close some, or raise the limit.',
  },
  version_hole: {
    closeCode: null,
    remedy: 'retry',
    meaning: 'A push does not follow on the one before it, because that was not stored.',
    normal: 'Yes, after another Reject.',
    action: 'Nothing: the client sends again from where the relay is.',
  },
  read_only: {
    closeCode: null,
    remedy: 'stop',
    meaning: 'The person may see this workspace but not change it.',
    normal: 'Yes, for a viewer.',
    action: 'Ask an owner for the role of an editor. The edits stay on the device.',
  },
  over_quota: {
    closeCode: null,
    remedy: 'stop',
    meaning: 'The workspace has used what the plan of its owner includes: it can be read, and not changed.',
    normal: 'Yes, with a plan that has such a limit.',
    action: 'The owner chooses another plan. Nothing is deleted, and the edits stay on the device until then.',
  },
  rate_limited: {
    closeCode: null,
    remedy: 'retry',
    meaning: 'More was sent in a short time than the limit for a connection or a user allows.',
    normal: 'Yes, for a very large first upload.',
    action: 'Nothing: the client sends again after the time that the frame names.',
  },
  busy: {
    closeCode: null,
    remedy: 'retry',
    meaning: 'The relay cannot take the frame right now: no room to assemble a large version, or no space on its disk.',
    normal: 'When disks are full, no.',
    action: 'Look at the relay’s disk and log. The client tries again.',
  },
} as const satisfies Record<string, ProtocolErrorDoc>;

export type ProtocolErrorCode = keyof typeof PROTOCOL_ERRORS;

/** A frame or a batch that cannot be taken: what a session is closed with. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProtocolError';
    this.code = code;
  }
}

export function malformed(message: string, options?: ErrorOptions): ProtocolError {
  return new ProtocolError('malformed_frame', message, options);
}

export function isProtocolErrorCode(code: string): code is ProtocolErrorCode {
  return Object.hasOwn(PROTOCOL_ERRORS, code);
}

/** What a close of the socket means; undefined for a plain loss of the connection. */
export function errorOfClose(closeCode: number): ProtocolErrorCode | undefined {
  const codes = Object.keys(PROTOCOL_ERRORS) as ProtocolErrorCode[];
  return codes.find((code) => PROTOCOL_ERRORS[code].closeCode === closeCode);
}
