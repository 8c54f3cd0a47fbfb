/**
 * Who was signed in on this browser last, so that the app opens without a network. It grants nothing: what is on the device
 * is already there, and the server asks for a token.
 */
import type { Workspace } from '../api/account-api.ts';

export interface Account {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly workspaces: readonly Workspace[];
}

export type KeyValueStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export const ACCOUNT_KEY = 'tributary.account';
const DEVICES_KEY = 'tributary.devices';
const WORKSPACE_KEY = 'tributary.workspace';
const SIGNING_OUT_KEY = 'tributary.signing-out';

export class SavedAccount {
  readonly #storage: KeyValueStorage;
  readonly #tabStorage: KeyValueStorage;

  /** The second is for what each tab has of its own. */
  constructor(storage: KeyValueStorage, tabStorage: KeyValueStorage) {
    this.#storage = storage;
    this.#tabStorage = tabStorage;
  }

  read(): Account | undefined {
    const saved = parse(this.#storage.getItem(ACCOUNT_KEY));
    return isAccount(saved) ? saved : undefined;
  }

  write(account: Account): void {
    this.#storage.setItem(ACCOUNT_KEY, JSON.stringify(account));
  }

  forget(): void {
    this.#storage.removeItem(ACCOUNT_KEY);
  }

  /** What the server called this browser when this person signed in. */
  deviceOf(email: string): string | undefined {
    const devices = parse(this.#storage.getItem(DEVICES_KEY));
    const id = isRecord(devices) ? devices[email] : undefined;
    return typeof id === 'string' ? id : undefined;
  }

  rememberDevice(email: string, id: string): void {
    const devices = parse(this.#storage.getItem(DEVICES_KEY));
    this.#storage.setItem(DEVICES_KEY, JSON.stringify({ ...(isRecord(devices) ? devices : {}), [email]: id }));
  }

  /** The workspace that this tab showed, or else any tab. */
  workspaceOf(userId: string): string | undefined {
    const key = `${WORKSPACE_KEY}.${userId}`;
    return this.#tabStorage.getItem(key) ?? this.#storage.getItem(key) ?? undefined;
  }

  rememberWorkspace(userId: string, workspaceId: string): void {
    const key = `${WORKSPACE_KEY}.${userId}`;
    this.#tabStorage.setItem(key, workspaceId);
    this.#storage.setItem(key, workspaceId);
  }

  /** Somebody signed out while the server could not be told. */
  get isSigningOut(): boolean {
    return this.#storage.getItem(SIGNING_OUT_KEY) !== null;
  }

  set isSigningOut(isSigningOut: boolean) {
    if (isSigningOut) this.#storage.setItem(SIGNING_OUT_KEY, '1');
    else this.#storage.removeItem(SIGNING_OUT_KEY);
  }
}

function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAccount(value: unknown): value is Account {
  return (
    isRecord(value) &&
    ['userId', 'name', 'email'].every((field) => typeof value[field] === 'string') &&
    Array.isArray(value['workspaces']) &&
    value['workspaces'].every(isWorkspace)
  );
}

function isWorkspace(value: unknown): value is Workspace {
  return isRecord(value) && ['id', 'name', 'role'].every((field) => typeof value[field] === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
