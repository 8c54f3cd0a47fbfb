/** What the server is asked in the name of whoever is signed in. */
import { isProblem } from './problem.ts';
import { request, type ApiRequest } from './request.ts';

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly role: 'viewer' | 'editor' | 'owner';
}

export interface InvitationCard {
  readonly workspaceName: string;
  readonly role: string;
  readonly inviterName: string;
}

export interface SignedInDevice {
  readonly id: string;
  readonly name: string;
  readonly platform: string;
  readonly lastSeenAt: string;
  readonly revokedAt: string | null;
  readonly isCurrent: boolean;
}

export interface TokenHolder {
  /** A token that is good for a while yet. */
  accessToken(): Promise<string>;
  /** Another one than this, which was refused. */
  renewAccessToken(refused: string): Promise<string>;
}

export class AccountApi {
  readonly #tokens: TokenHolder;

  constructor(tokens: TokenHolder) {
    this.#tokens = tokens;
  }

  async workspaces(): Promise<Workspace[]> {
    const { workspaces } = await this.#ask<{ workspaces: Workspace[] }>({ method: 'GET', path: '/v1/workspaces' });
    return workspaces.map(({ id, name, role }) => ({ id, name, role }));
  }

  async createWorkspace(name: string): Promise<string> {
    return (await this.#ask<{ id: string }>({ method: 'POST', path: '/v1/workspaces', body: { name } })).id;
  }

  async createInvitation(workspaceId: string, role: Workspace['role']): Promise<string> {
    const path = `/v1/workspaces/${encodeURIComponent(workspaceId)}/invitations`;
    return (await this.#ask<{ token: string }>({ method: 'POST', path, body: { role } })).token;
  }

  async acceptInvitation(token: string): Promise<string> {
    const path = '/v1/invitations/accept';
    return (await this.#ask<{ workspaceId: string }>({ method: 'POST', path, body: { token } })).workspaceId;
  }

  async devices(): Promise<SignedInDevice[]> {
    return (await this.#ask<{ devices: SignedInDevice[] }>({ method: 'GET', path: '/v1/devices' })).devices;
  }

  async revokeDevice(id: string): Promise<void> {
    await this.#ask({ method: 'POST', path: `/v1/devices/${encodeURIComponent(id)}/revoke` });
  }

  /** A token that was good a moment ago may be refused: once, another is tried. */
  async #ask<T>(asked: ApiRequest): Promise<T> {
    const token = await this.#tokens.accessToken();
    try {
      return await request<T>({ ...asked, token });
    } catch (error) {
      if (!isProblem(error, 'unauthenticated')) throw error;
      return request<T>({ ...asked, token: await this.#tokens.renewAccessToken(token) });
    }
  }
}

/** For whoever has the link, signed in or not. */
export function lookAtInvitation(token: string): Promise<InvitationCard> {
  return request({ method: 'POST', path: '/v1/invitations/look', body: { token } });
}
