/**
 * What can go wrong with a server itself, as opposed to what a peer does (see PROTOCOL_ERRORS of @tributary/sync).
 * `docs/errors.md` can be generated from this table.
 */
interface ServerErrorDoc {
  readonly meaning: string;
  readonly normal: string;
  readonly action: string;
}

export const SERVER_ERRORS = {
  data_in_use: {
    meaning: 'Another process has the data directory open. Two that write there would overwrite each other.',
    normal: 'Yes, when a server is started twice.',
    action: 'Stop the other one, or choose another data directory. A killed owner frees it by itself.',
  },
  data_too_new: {
    meaning: 'The data directory, or the database in PostgreSQL, was written by a newer version of the server.',
    normal: 'Yes, after going back to an older version.',
    action: 'Run the newer version. Nothing was touched.',
  },
  data_unusable: {
    meaning: 'The data directory or a file in it cannot be created, read or written, or is no log of Tributary.',
    normal: 'No.',
    action: 'The message names the file: check path, permissions and disk.',
  },
  config_invalid: {
    meaning: 'An option has a value that it cannot have, or does not exist.',
    normal: 'No.',
    action: 'The message lists every fault and what to write instead.',
  },
  cloud_unavailable: {
    meaning:
      'PostgreSQL cannot be reached, or did not finish what it was asked: it is starting or stopping, the connection was ' +
      'lost, its time was up, a resource has run out, or two transactions were in the way of each other.',
    normal: 'Yes, while PostgreSQL is restarted. The relay goes on without it.',
    action:
      'Try again. If it stays, look at PostgreSQL and at the way to it; `sqlState` says what it answered, if it did.',
  },
  cloud_refused: {
    meaning:
      'PostgreSQL, or the adapter before it, refused: wrong password, no such database, a fault in the SQL, a violated ' +
      'constraint, a value it cannot store.',
    normal: 'No.',
    action: 'The same call will fail again. `sqlState` and the message say why.',
  },
  cloud_absent: {
    meaning: 'The server keeps no cloud copy: it was started with `--relay-only`.',
    normal: 'Yes, for a relay alone.',
    action: 'Start it without that option.',
  },
  server_running: {
    meaning: 'A command would pull away from under a running server what it works on.',
    normal: 'Yes.',
    action: 'Stop the server first.',
  },
  server_lost: {
    meaning:
      'The running server, which a command was using, ended before it had answered, or is of another version than the ' +
      'command.',
    normal: 'Yes, when the server is stopped or updated meanwhile.',
    action: 'Start the server again and repeat the command.',
  },
  cannot_listen: {
    meaning: 'The server cannot listen on its address.',
    normal: 'Yes, when another program uses the port.',
    action: 'Stop that program, or choose another port.',
  },
} as const satisfies Record<string, ServerErrorDoc>;

export type ServerErrorCode = keyof typeof SERVER_ERRORS;

export class ServerError extends Error {
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServerError';
    this.code = code;
  }
}

interface ApiErrorDoc extends ServerErrorDoc {
  readonly status: 400 | 401 | 403 | 429 | 500 | 503;
}

/** What an HTTP request is answered with, as application/problem+json: `code` is one of these. */
export const API_ERRORS = {
  request_invalid: {
    status: 400,
    meaning: 'A parameter of the request is missing or has a value that it cannot have.',
    normal: 'No.',
    action:
      '`issues` names each parameter and what it has to be. A cursor is good only for the search that it came from.',
  },
  unauthenticated: {
    status: 401,
    meaning: 'There is no token, or one that is malformed, expired, or signed with another key.',
    normal: 'Yes, when a token has expired.',
    action: 'Send a fresh token as `Authorization: Bearer <token>`.',
  },
  forbidden: {
    status: 403,
    meaning: 'The token gives no access to one of the workspaces that were asked for.',
    normal: 'Yes, after somebody was taken out of a workspace.',
    action: 'Leave that workspace out, or ask its owner for access.',
  },
  rate_limited: {
    status: 429,
    meaning: 'The user has asked more often than the server allows.',
    normal: 'For programs that ask without a pause.',
    action: 'Ask again after as many seconds as `Retry-After` says.',
  },
  internal: {
    status: 500,
    meaning: 'The server failed at something that it should not fail at.',
    normal: 'No.',
    action: 'The log of the server says more. Please report it.',
  },
  search_unavailable: {
    status: 503,
    meaning: 'There is no cloud copy to search: PostgreSQL is away, or the server was started with --relay-only.',
    normal: 'Yes, while PostgreSQL is restarted.',
    action: 'Ask again later. A replica can search what it has by itself.',
  },
  search_too_slow: {
    status: 503,
    meaning: 'The search did not end within its time.',
    normal: 'When PostgreSQL has too much to do.',
    action: 'Ask again with more or longer words, for fewer kinds, or in one workspace.',
  },
} as const satisfies Record<string, ApiErrorDoc>;

export type ApiErrorCode = keyof typeof API_ERRORS;

export interface ApiIssue {
  readonly parameter: string;
  readonly message: string;
}

export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly issues: readonly ApiIssue[] | undefined;
  /** When to ask again. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ApiErrorCode,
    message: string,
    options: ErrorOptions & { readonly issues?: readonly ApiIssue[]; readonly retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.name = 'ApiError';
    this.code = code;
    this.issues = options.issues;
    this.retryAfterMs = options.retryAfterMs;
  }

  get status(): (typeof API_ERRORS)[ApiErrorCode]['status'] {
    return API_ERRORS[this.code].status;
  }
}
