/** What the server refuses, with its stable code, and what keeps it from being asked at all. */
export interface ProblemIssue {
  readonly parameter: string;
  readonly message: string;
}

export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly issues: readonly ProblemIssue[];

  constructor({ code, status, detail, issues = [] }: ApiProblemFacts) {
    super(detail);
    this.name = 'ApiProblem';
    this.code = code;
    this.status = status;
    this.issues = issues;
  }
}

export interface ApiProblemFacts {
  readonly code: string;
  readonly status: number;
  /** For people. */
  readonly detail: string;
  readonly issues?: readonly ProblemIssue[];
}

/** No answer came: the device is offline, or the server is away. */
export const UNREACHABLE = 'unreachable';

export async function problemOf(response: Response): Promise<ApiProblem> {
  const { status } = response;
  const body: unknown = await response.json().catch(() => undefined);
  if (!isRecord(body))
    return new ApiProblem({ code: codeOfStatus(status), status, detail: `the server answers ${status}` });
  const { code, detail, issues } = body;
  return new ApiProblem({
    code: typeof code === 'string' ? code : codeOfStatus(status),
    status,
    detail: typeof detail === 'string' ? detail : `the server answers ${status}`,
    issues: Array.isArray(issues) ? issues.filter(isIssue) : [],
  });
}

export function isProblem(error: unknown, ...codes: readonly string[]): error is ApiProblem {
  return error instanceof ApiProblem && codes.includes(error.code);
}

/** What to say of it to the person who sees it. */
export function tellProblem(error: unknown): string {
  if (error instanceof ApiProblem && error.issues.length > 0) {
    return error.issues.map(({ parameter, message }) => `${parameter} ${message}`).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}

/** A proxy in between answers without a code. */
function codeOfStatus(status: number): string {
  if (status === 404) return 'not_found';
  return status >= 500 ? UNREACHABLE : 'refused';
}

function isIssue(value: unknown): value is ProblemIssue {
  return isRecord(value) && typeof value['parameter'] === 'string' && typeof value['message'] === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
