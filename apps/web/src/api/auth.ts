/** Signing in and out. The refresh token is in a cookie that only the server reads. Used by pages and by their workers. */
import { request } from './request.ts';

export interface SignedInUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

export interface SignedIn {
  readonly accessToken: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly user: SignedInUser;
  readonly device: { readonly id: string; readonly name: string };
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export async function register(account: Credentials & { readonly name: string }): Promise<void> {
  await request({ method: 'POST', path: '/v1/auth/register', body: account });
}

export interface DeviceClaim {
  /** What the server called this browser when the same person signed in here before. */
  readonly id?: string;
  readonly name: string;
  readonly platform: string;
}

export function login(credentials: Credentials, device: DeviceClaim): Promise<SignedIn> {
  return request({ method: 'POST', path: '/v1/auth/login', body: { ...credentials, device, cookie: true } });
}

export function refresh(): Promise<SignedIn> {
  return request({ method: 'POST', path: '/v1/auth/refresh', body: {} });
}

export async function logout(): Promise<void> {
  await request({ method: 'POST', path: '/v1/auth/logout', body: {} });
}
