/**
 * Who is signed in here. The account that was last signed in opens at once, with or without a network; the server is asked
 * meanwhile whether it still is. What the server cannot be asked never takes away what is on the device.
 *
 *   starting ──► signedIn (unconfirmed ──► confirmed | ended)        ended: edits stay here until somebody signs in again
 *        └────► signedOut | noAccounts | unreachable
 */
import { ValueStore } from '@tributary/sync/tabs';
import { AccountApi, type TokenHolder } from '../api/account-api.ts';
import type { Credentials, DeviceClaim, SignedIn } from '../api/auth.ts';
import { ApiProblem, isProblem } from '../api/problem.ts';
import { ACCOUNT_KEY, type Account, type SavedAccount } from './saved-account.ts';

export type SessionState =
  | { readonly kind: 'starting' }
  /** `hasLeft`: by choice, and not because nobody was signed in to begin with. */
  | { readonly kind: 'signedOut'; readonly hasLeft: boolean }
  /** The server has no accounts at all. */
  | { readonly kind: 'noAccounts' }
  /** Nobody has signed in here yet, and the server cannot be asked. */
  | { readonly kind: 'unreachable' }
  | {
      readonly kind: 'signedIn';
      readonly account: Account;
      /** Undefined for an account without any. */
      readonly workspaceId: string | undefined;
      readonly standing: 'unconfirmed' | 'confirmed' | 'ended';
    };

export type SignedInState = Extract<SessionState, { readonly kind: 'signedIn' }>;

export interface AuthCalls {
  readonly login: (credentials: Credentials, device: DeviceClaim) => Promise<SignedIn>;
  readonly refresh: () => Promise<SignedIn>;
  readonly logout: () => Promise<void>;
}

export interface SessionOptions {
  readonly auth: AuthCalls;
  readonly saved: SavedAccount;
  /** How this browser is called in the list of devices. */
  readonly device: Omit<DeviceClaim, 'id'>;
  readonly now?: () => number;
  /** Waited for before what is open is taken away. */
  readonly beforeSignOut?: () => Promise<void>;
}

/** A token is renewed this long before its end. */
const RENEW_BEFORE_MS = 30_000;
const CONFIRM_PAUSE_MS = 5_000;

export class Session implements TokenHolder {
  readonly #options: SessionOptions;
  readonly #state = new ValueStore<SessionState>({ kind: 'starting' });
  readonly #now: () => number;
  #token: { readonly text: string; readonly expiresAt: number } | undefined;
  #refreshing: Promise<SignedIn> | undefined;
  #lastConfirmAt = -Infinity;
  #confirmTimer: ReturnType<typeof setTimeout> | undefined;

  readonly api = new AccountApi(this);
  readonly getSnapshot = (): SessionState => this.#state.getSnapshot();
  readonly subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener);

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  async start(): Promise<void> {
    const { saved } = this.#options;
    if (saved.isSigningOut) {
      await this.#finishSignOut();
      this.#state.set({ kind: 'signedOut', hasLeft: false });
      return;
    }
    const account = saved.read();
    this.#state.set(account === undefined ? { kind: 'starting' } : this.#signedIn(account, 'unconfirmed'));
    await this.confirm();
  }

  async signIn(credentials: Credentials): Promise<void> {
    const { auth, saved, device } = this.#options;
    const id = saved.deviceOf(credentials.email);
    const answer = await auth.login(credentials, { ...device, ...(id !== undefined && { id }) });
    saved.isSigningOut = false;
    saved.rememberDevice(credentials.email, answer.device.id);
    await this.#welcome(answer);
  }

  /** What is on the device stays there, for when this person comes back. */
  async signOut(): Promise<void> {
    const { saved, beforeSignOut } = this.#options;
    await beforeSignOut?.();
    saved.isSigningOut = true;
    saved.forget();
    this.#token = undefined;
    this.#state.set({ kind: 'signedOut', hasLeft: true });
    await this.#finishSignOut();
  }

  /** Asks the server who is signed in. */
  async confirm(): Promise<void> {
    this.#lastConfirmAt = this.#now();
    try {
      await this.#welcome(await this.#refresh());
    } catch (error) {
      this.#refused(error);
    }
  }

  /** When there is reason to think that something has changed; as often as anybody likes. */
  confirmSoon(): void {
    if (this.#confirmTimer !== undefined) return;
    const waitMs = this.#lastConfirmAt + CONFIRM_PAUSE_MS - this.#now();
    this.#confirmTimer = setTimeout(
      () => {
        this.#confirmTimer = undefined;
        const { kind } = this.getSnapshot();
        if (kind === 'signedIn' || kind === 'unreachable') void this.confirm();
      },
      Math.max(0, waitMs),
    );
  }

  async reloadWorkspaces(): Promise<void> {
    const workspaces = await this.api.workspaces();
    const state = this.getSnapshot();
    if (state.kind !== 'signedIn') return;
    const account = { ...state.account, workspaces };
    this.#options.saved.write(account);
    this.#state.set(this.#signedIn(account, state.standing));
  }

  selectWorkspace(workspaceId: string): void {
    const state = this.getSnapshot();
    if (state.kind !== 'signedIn') return;
    this.#options.saved.rememberWorkspace(state.account.userId, workspaceId);
    this.#state.set(this.#signedIn(state.account, state.standing));
  }

  async accessToken(): Promise<string> {
    const token = this.#token;
    if (token !== undefined && token.expiresAt - RENEW_BEFORE_MS > this.#now()) return token.text;
    return (await this.#refreshSame()).accessToken;
  }

  async renewAccessToken(refused: string): Promise<string> {
    if (this.#token?.text !== refused) return this.accessToken();
    return (await this.#refreshSame()).accessToken;
  }

  /** Another tab has signed somebody in or out. */
  storageChanged(key: string | null): void {
    if (key !== null && key !== ACCOUNT_KEY) return;
    const state = this.getSnapshot();
    const account = this.#options.saved.read();
    if (account === undefined) {
      this.#token = undefined;
      if (state.kind === 'signedIn') this.#state.set({ kind: 'signedOut', hasLeft: true });
    } else if (state.kind !== 'signedIn' || state.account.userId !== account.userId) {
      this.#token = undefined;
      this.#state.set(this.#signedIn(account, 'unconfirmed'));
      void this.confirm();
    }
  }

  async #welcome(answer: SignedIn): Promise<void> {
    const { saved } = this.#options;
    const { user } = answer;
    this.#keepToken(answer);
    const known = saved.read();
    const workspaces = known?.userId === user.id ? known.workspaces : await this.api.workspaces();
    const account: Account = { userId: user.id, name: user.name, email: user.email, workspaces };
    saved.write(account);
    this.#state.set(this.#signedIn(account, 'confirmed'));
    if (workspaces === known?.workspaces) await this.reloadWorkspaces().catch(() => {});
  }

  #refused(error: unknown): void {
    const state = this.getSnapshot();
    const isOver = isProblem(error, 'session_ended', 'forbidden', 'unauthenticated');
    if (state.kind === 'signedIn') {
      if (isOver) this.#state.set({ ...state, standing: 'ended' });
    } else if (isOver) this.#state.set({ kind: 'signedOut', hasLeft: false });
    else if (isProblem(error, 'not_found')) this.#state.set({ kind: 'noAccounts' });
    else this.#state.set({ kind: 'unreachable' });
  }

  #signedIn(account: Account, standing: SignedInState['standing']): SignedInState {
    const chosen = this.#options.saved.workspaceOf(account.userId);
    const workspace = account.workspaces.find(({ id }) => id === chosen) ?? account.workspaces[0];
    return { kind: 'signedIn', account, workspaceId: workspace?.id, standing };
  }

  /** The cookie belongs to all tabs: another may have signed in somebody else. */
  async #refreshSame(): Promise<SignedIn> {
    const answer = await this.#refresh();
    const state = this.getSnapshot();
    if (state.kind === 'signedIn' && state.account.userId !== answer.user.id) {
      throw new ApiProblem({ code: 'session_ended', status: 401, detail: 'somebody else has signed in here' });
    }
    this.#keepToken(answer);
    return answer;
  }

  #refresh(): Promise<SignedIn> {
    this.#refreshing ??= this.#options.auth.refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  #keepToken({ accessToken, expiresAt }: SignedIn): void {
    this.#token = { text: accessToken, expiresAt: Date.parse(expiresAt) };
  }

  async #finishSignOut(): Promise<void> {
    try {
      await this.#options.auth.logout();
      this.#options.saved.isSigningOut = false;
    } catch {
      // The cookie can only be taken away by the server: it is told at the next start.
    }
  }
}
