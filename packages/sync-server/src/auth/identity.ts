/** Who a token speaks for, and what that person may do. */
export const ROLES = ['owner', 'editor', 'viewer'] as const;

export type Role = (typeof ROLES)[number];

export interface Identity {
  readonly userId: string;
  /** Milliseconds since the epoch; without it the session never expires. */
  readonly expiresAt?: number;
  /** The workspaces that the person has a role in; undefined where that cannot be said, such as for a role in all. */
  readonly workspaceIds?: readonly string[] | undefined;
  /** Undefined where the person has no access. */
  roleIn(workspaceId: string): Role | undefined;
  /** Where an account is signed in; undefined for a token that is of no account. */
  readonly signIn?: SignIn;
  /** The same person as things are by now; rejects like `Authenticate`. Undefined where only another token changes them. */
  readonly again?: () => Promise<Identity>;
}

export interface SignIn {
  readonly sessionId: string;
  readonly deviceId: string;
}

/** Throws for a token that is no good; a `ProtocolError` is told to the client as it is. */
export type Authenticate = (token: string) => Identity | Promise<Identity>;
