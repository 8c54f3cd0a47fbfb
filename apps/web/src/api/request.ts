/** One HTTP request to the server that the app came from, and its answer as JSON. */
import { ApiProblem, problemOf, UNREACHABLE } from './problem.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly token?: string;
}

/** What the caller expects is believed: the server describes its answers, and is of the same release. */
export async function request<T>({ method, path, body, token }: ApiRequest): Promise<T> {
  const headers = {
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
  };
  const response = await send(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new ApiProblem({ code: UNREACHABLE, status: 0, detail: 'the server cannot be reached' });
  }
}
