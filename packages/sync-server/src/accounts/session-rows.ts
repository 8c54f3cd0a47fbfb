/** Sessions and devices as they lie in the database. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { CloudQueries } from '../cloud/cloud-database.ts';
import type { RefreshClaim } from './refresh-token.ts';

type Queries = Pick<CloudQueries, 'query'>;

export type EndReason = 'signed-out' | 'revoked' | 'reused' | 'password-changed';

/** What a device says of itself when somebody signs in on it. */
export interface DeviceRequest {
  /** From an earlier sign-in there. */
  readonly id?: string | undefined;
  readonly name: string;
  readonly platform: string;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly platform: string;
}

export interface NewSession {
  readonly userId: string;
  readonly deviceId: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

export interface StartedSession extends RefreshClaim {
  readonly seed: Uint8Array;
}

const SEED_BYTES = 32;

/** The device as it was known, if it is this account's and may come back; otherwise a new one. */
export async function enterDevice(
  queries: Queries,
  { userId, device, now }: { readonly userId: string; readonly device: DeviceRequest; readonly now: Date },
): Promise<Device> {
  const [known] = await queries.query<Device>(
    `UPDATE auth.devices SET platform = $3, last_seen_at = $4
     WHERE id = $1::uuid AND user_id = $2 AND revoked_at IS NULL RETURNING id, name, platform`,
    [device.id ?? null, userId, device.platform, now],
  );
  if (known !== undefined) return known;
  const added: Device = { id: randomUUID(), name: device.name, platform: device.platform };
  await queries.query(
    `INSERT INTO auth.devices (id, user_id, name, platform, created_at, last_seen_at) VALUES ($1, $2, $3, $4, $5, $5)`,
    [added.id, userId, added.name, added.platform, now],
  );
  return added;
}

export async function startSession(
  queries: Queries,
  { userId, deviceId, now, expiresAt }: NewSession,
): Promise<StartedSession> {
  const session = { sessionId: randomUUID(), generation: 1, seed: randomBytes(SEED_BYTES) };
  await queries.query(
    `INSERT INTO auth.sessions (id, user_id, device_id, seed, generation, rotated_at, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
    [session.sessionId, userId, deviceId, session.seed, session.generation, now, expiresAt],
  );
  return session;
}

export interface SessionsToEnd {
  readonly userId: string;
  readonly now: Date;
  readonly reason: EndReason;
  /** This one only. */
  readonly sessionId?: string | undefined;
  /** Those of this device only. */
  readonly deviceId?: string | undefined;
  /** All but this one. */
  readonly exceptSessionId?: string | undefined;
}

/** Returns how many there were. */
export async function endSessions(
  queries: Queries,
  { userId, now, reason, sessionId, deviceId, exceptSessionId }: SessionsToEnd,
): Promise<number> {
  const ended = await queries.query(
    `UPDATE auth.sessions SET ended_at = $2, end_reason = $3
     WHERE user_id = $1 AND ended_at IS NULL AND ($4::uuid IS NULL OR id = $4) AND ($5::uuid IS NULL OR device_id = $5)
       AND ($6::uuid IS NULL OR id <> $6)
     RETURNING id`,
    [userId, now, reason, sessionId ?? null, deviceId ?? null, exceptSessionId ?? null],
  );
  return ended.length;
}
