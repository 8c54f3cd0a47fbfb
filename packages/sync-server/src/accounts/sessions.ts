/**
 * Signed in until further notice: how sessions begin, go on and end. While PostgreSQL is away a session that was refreshed
 * here goes on with the refresh token that it has, so that nobody who syncs is cut off; it is rotated when PostgreSQL is back.
 */
import type { Clock } from '../clock.ts';
import type { CloudQueries } from '../cloud/cloud-database.ts';
import { ApiError } from '../errors.ts';
import type { AccessToken, AccessTokens, AccountSignIn } from './access-token.ts';
import type { AccountChanges } from './account-changes.ts';
import type { AccountStore } from './account-store.ts';
import { recordEvent } from './audit.ts';
import { KnownSessions } from './known-sessions.ts';
import { readRefreshToken, type ReadRefreshToken, type RefreshTokens } from './refresh-token.ts';
import { refreshSession, type LiveSession } from './refresh.ts';
import { endSessions, enterDevice, startSession, type Device, type DeviceRequest } from './session-rows.ts';
import type { User } from './user.ts';

export interface SessionsOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  readonly refreshTokens: RefreshTokens;
  readonly accessTokens: AccessTokens;
  readonly clock: Clock;
  /** How long a session lives that nobody uses. */
  readonly lifetimeMs?: number;
}

/** What somebody has in hand after signing in, and after every refresh. */
export interface SignedIn extends AccessToken {
  readonly refreshToken: string;
  readonly user: User;
  readonly device: Device;
}

export interface SessionRequest {
  readonly user: User;
  readonly device: DeviceRequest;
  readonly address: string | undefined;
}

const DEFAULT_LIFETIME_MS = 60 * 24 * 60 * 60_000;

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #known: KnownSessions;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#known = new KnownSessions(options.changes);
  }

  get lifetimeMs(): number {
    return this.#options.lifetimeMs ?? DEFAULT_LIFETIME_MS;
  }

  /** In the caller's transaction; `signedIn` afterwards gives the tokens. */
  async begin(queries: CloudQueries, { user, device: wanted, address }: SessionRequest): Promise<LiveSession> {
    const now = new Date(this.#options.clock.now());
    const device = await enterDevice(queries, { userId: user.id, device: wanted, now });
    const expiresAt = this.#expiry(now);
    const session = await startSession(queries, { userId: user.id, deviceId: device.id, now, expiresAt });
    await recordEvent(queries, { kind: 'signed-in', userId: user.id, address, detail: device.name });
    return { ...session, user, device };
  }

  async signedIn(session: LiveSession): Promise<SignedIn> {
    const { accessTokens, refreshTokens } = this.#options;
    const { sessionId, user, device, seed } = session;
    const access = await accessTokens.sign({ userId: user.id, sessionId, deviceId: device.id });
    return { ...access, refreshToken: refreshTokens.sign(session, seed), user, device };
  }

  /** Throws `session_ended`. */
  async refresh(refreshToken: string, address?: string): Promise<SignedIn> {
    const token = readRefreshToken(refreshToken);
    if (token === undefined) throw sessionEnded();
    const session = await this.#refresh(token, address).catch((error: unknown) => this.#lastKnown(token, error));
    return this.signedIn(session);
  }

  /** Ends the session that the refresh token is of, whichever of its tokens it is; anything else is no session any more. */
  async signOut(refreshToken: string, address?: string): Promise<void> {
    const { store, refreshTokens } = this.#options;
    const token = readRefreshToken(refreshToken);
    if (token === undefined) return;
    const row = await store.find<{ seed: Uint8Array; userId: string }>(
      'SELECT seed, user_id AS "userId" FROM auth.sessions WHERE id = $1',
      [token.sessionId],
    );
    if (row === undefined || !refreshTokens.isGenuine(token, row.seed)) return;
    await this.#end({ userId: row.userId, sessionId: token.sessionId }, address);
  }

  /** The session that somebody is signed in with. */
  signOutHere({ userId, sessionId }: AccountSignIn, address?: string): Promise<void> {
    return this.#end({ userId, sessionId }, address);
  }

  signOutEverywhere({ userId }: Pick<AccountSignIn, 'userId'>, address?: string): Promise<void> {
    return this.#end({ userId }, address);
  }

  async #end(which: { readonly userId: string; readonly sessionId?: string }, address?: string): Promise<void> {
    const { store, changes, clock } = this.#options;
    const now = new Date(clock.now());
    const ended = await store.transaction(async (queries) => {
      const count = await endSessions(queries, { ...which, now, reason: 'signed-out' });
      const kind = which.sessionId === undefined ? 'signed-out-everywhere' : 'signed-out';
      if (count > 0) await recordEvent(queries, { kind, userId: which.userId, address });
      return count;
    });
    if (ended > 0) await changes.tell({ userId: which.userId });
  }

  async #refresh(token: ReadRefreshToken, address: string | undefined): Promise<LiveSession> {
    const { store, changes, refreshTokens: tokens, clock } = this.#options;
    const now = new Date(clock.now());
    const request = { token, tokens, now, expiresAt: this.#expiry(now), address };
    const remember = this.#known.remembering();
    const refreshed = await store.transaction((queries) => refreshSession(queries, request));
    if (refreshed.type === 'reused') await changes.tell({ userId: refreshed.userId });
    if (refreshed.type !== 'good') throw sessionEnded();
    remember(refreshed.session);
    return refreshed.session;
  }

  /** While nobody can be asked. Without a rotation there is nothing to be told from a copy, so only the last two are good. */
  #lastKnown(token: ReadRefreshToken, error: unknown): LiveSession {
    const isAway = error instanceof ApiError && error.code === 'accounts_unavailable';
    const session = isAway ? this.#known.find(token.sessionId) : undefined;
    if (session === undefined || !this.#options.refreshTokens.isGenuine(token, session.seed)) throw error;
    if (token.generation < session.generation - 1) throw sessionEnded();
    return session;
  }

  #expiry(now: Date): Date {
    return new Date(now.getTime() + this.lifetimeMs);
  }
}

function sessionEnded(): ApiError {
  return new ApiError('session_ended', 'sign in again');
}
