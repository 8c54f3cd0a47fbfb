/**
 * What becomes of a refresh token that is shown. Of a session only the newest is good, and it is good once:
 *
 *   newest                      the next one is made (rotated)
 *   the one before, for 30 s    the newest is given once more: two tabs have asked at once, or an answer was lost
 *   any older one               somebody has a copy: the session ends, for whoever has it
 *   what we have not made       nothing
 */
import type { CloudQueries } from '../cloud/cloud-database.ts';
import { recordEvent } from './audit.ts';
import type { ReadRefreshToken, RefreshClaim, RefreshTokens } from './refresh-token.ts';
import { endSessions, type Device } from './session-rows.ts';
import type { User } from './user.ts';

export interface LiveSession extends RefreshClaim {
  readonly seed: Uint8Array;
  readonly user: User;
  readonly device: Device;
}

export type Refreshed =
  | { readonly type: 'good'; readonly session: LiveSession }
  | { readonly type: 'reused'; readonly userId: string }
  | { readonly type: 'refused' };

export interface RefreshRequest {
  readonly token: ReadRefreshToken;
  readonly tokens: RefreshTokens;
  readonly now: Date;
  readonly expiresAt: Date;
  readonly address: string | undefined;
}

interface SessionRow extends User {
  readonly userId: string;
  readonly seed: Uint8Array;
  readonly generation: number;
  readonly rotatedAt: Date;
  readonly expiresAt: Date;
  readonly isLive: boolean;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly platform: string;
  readonly lastSeenAt: Date;
}

/** How long the token before the newest may still be shown. */
export const REPEAT_MS = 30_000;

/** What is kept to the hour costs a write an hour. */
const SEEN_MS = 60 * 60_000;

/** In a transaction of its own: whoever shows the same token at the same time waits for it. */
export async function refreshSession(queries: CloudQueries, request: RefreshRequest): Promise<Refreshed> {
  const { token, tokens, now, expiresAt } = request;
  const row = await lockSession(queries, token.sessionId);
  if (row === undefined || !tokens.isGenuine(token, row.seed)) return { type: 'refused' };
  if (!row.isLive || row.expiresAt <= now) return { type: 'refused' };
  const age = row.generation - token.generation;
  const isRepeated = age === 1 && now.getTime() - row.rotatedAt.getTime() <= REPEAT_MS;
  if (age > 0 && !isRepeated) return endReused(queries, row, request);
  // A database that was restored may know of fewer than there are.
  const generation = isRepeated ? row.generation : token.generation + 1;
  if (!isRepeated) {
    await queries.query('UPDATE auth.sessions SET generation = $2, rotated_at = $3, expires_at = $4 WHERE id = $1', [
      token.sessionId,
      generation,
      now,
      expiresAt,
    ]);
  }
  if (now.getTime() - row.lastSeenAt.getTime() >= SEEN_MS) {
    await queries.query('UPDATE auth.devices SET last_seen_at = $2 WHERE id = $1', [row.deviceId, now]);
  }
  return { type: 'good', session: liveSession(row, { sessionId: token.sessionId, generation }) };
}

async function lockSession(queries: CloudQueries, sessionId: string): Promise<SessionRow | undefined> {
  const [row] = await queries.query<SessionRow>(
    `SELECT s.user_id AS "userId", s.seed, s.generation, s.rotated_at AS "rotatedAt", s.expires_at AS "expiresAt",
       s.ended_at IS NULL AND d.revoked_at IS NULL AS "isLive",
       d.id AS "deviceId", d.name AS "deviceName", d.platform, d.last_seen_at AS "lastSeenAt",
       u.id, u.email, u.name
     FROM auth.sessions s JOIN auth.devices d ON d.id = s.device_id JOIN auth.users u ON u.id = s.user_id
     WHERE s.id = $1 FOR UPDATE OF s`,
    [sessionId],
  );
  return row;
}

async function endReused(queries: CloudQueries, row: SessionRow, request: RefreshRequest): Promise<Refreshed> {
  const { userId, deviceName } = row;
  const { token, now, address } = request;
  await endSessions(queries, { userId, sessionId: token.sessionId, reason: 'reused', now });
  const detail = `token ${token.generation} of ${row.generation} on ${deviceName}`;
  await recordEvent(queries, { kind: 'refresh-reused', userId, address, detail });
  return { type: 'reused', userId };
}

function liveSession(row: SessionRow, claim: RefreshClaim): LiveSession {
  return {
    ...claim,
    seed: row.seed,
    user: { id: row.id, email: row.email, name: row.name },
    device: { id: row.deviceId, name: row.deviceName, platform: row.platform },
  };
}
