/** One HTTP request to the server that the app came from, and its answer as JSON. */
import { ApiProblem, problemOf, UNREACHABLE } from './problem.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly token?: string;
}

/** A line that has died silently never says so. */
const PATIENCE_MS = 15_000;

/** What the caller expects is believed: the server describes its answers, and is of the same release. */
export async function request<T>({ method, path, body, token }: ApiRequest): Promise<T> {
  const headers = {
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
  };
  const content = body !== undefined && { body: JSON.stringify(body) };
  try {
    const response = await fetch(path, { method, headers, ...content, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw await problemOf(response);
    return (response.status === 204 ? undefined : await response.json()) as T;
  } catch (error) {
    if (error instanceof ApiProblem) throw error;
    // No answer, or one that somebody in between has put in its place.
    throw new ApiProblem({ code: UNREACHABLE, status: 0, detail: 'the server cannot be reached' });
  }
}
