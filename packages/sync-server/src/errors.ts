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
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500 | 502 | 503;
  /** What a problem with this code is called. */
  readonly title: string;
}

/** What an HTTP request is answered with, as application/problem+json: `code` is one of these. */
export const API_ERRORS = {
  request_invalid: {
    status: 400,
    title: 'The request is not as it has to be',
    meaning: 'A parameter of the request is missing or has a value that it cannot have.',
    normal: 'No.',
    action:
      '`issues` names each parameter and what it has to be. A cursor is good only for the search that it came from.',
  },
  unauthenticated: {
    status: 401,
    title: 'A valid token is needed',
    meaning: 'There is no token, or one that is malformed, expired, or signed with another key.',
    normal: 'Yes, when a token has expired.',
    action: 'Send a fresh token as `Authorization: Bearer <token>`.',
  },
  forbidden: {
    status: 403,
    title: 'No access',
    meaning: 'The token gives no access to one of the workspaces that were asked for.',
    normal: 'Yes, after somebody was taken out of a workspace.',
    action: 'Leave that workspace out, or ask its owner for access.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    meaning: 'The user has asked more often than the server allows.',
    normal: 'For programs that ask without a pause.',
    action: 'Ask again after as many seconds as `Retry-After` says.',
  },
  internal: {
    status: 500,
    title: 'The server failed',
    meaning: 'The server failed at something that it should not fail at.',
    normal: 'No.',
    action: 'The log of the server says more. Please report it.',
  },
  sign_in_failed: {
    status: 401,
    title: 'E-mail or password is wrong',
    meaning: 'E-mail and password do not belong together. It is not said whether there is such an account.',
    normal: 'Yes, for somebody who mistypes.',
    action: 'Try again, or ask whoever runs the server to set a new password.',
  },
  session_ended: {
    status: 401,
    title: 'Signed out',
    meaning: 'The refresh token is no good any more: the session was ended, has expired, or the token was used before.',
    normal: 'Yes, after signing out, changing the password or revoking the device.',
    action: 'Sign in again. What is on the device stays there, and syncs afterwards.',
  },
  wrong_password: {
    status: 403,
    title: 'The password is wrong',
    meaning: 'What was asked for needs the current password of the account, and this is not it.',
    normal: 'Yes, for somebody who mistypes.',
    action: 'Try again.',
  },
  signup_closed: {
    status: 403,
    title: 'No new accounts',
    meaning: 'The server takes no new accounts by itself (TRIBUTARY_SIGNUP=closed).',
    normal: 'Yes.',
    action: 'Ask whoever runs the server: tributary user add.',
  },
  not_an_account: {
    status: 403,
    title: 'The token is of no account',
    meaning:
      'The token was made with `tributary token` or by another issuer, and what was asked for belongs to an account.',
    normal: 'No.',
    action: 'Sign in, and use the access token.',
  },
  plan_limit: {
    status: 403,
    title: 'The plan includes no more',
    meaning: 'The plan of the account has a limit that this would exceed.',
    normal: 'Yes, with a plan that has limits.',
    action: 'Choose another plan, or make room. Nothing is deleted by itself.',
  },
  not_found: {
    status: 404,
    title: 'There is no such thing',
    meaning: 'It does not exist, or is not for this account to see: the answer is the same.',
    normal: 'Yes, after it was deleted.',
    action: 'Look at the list that it came from.',
  },
  invitation_invalid: {
    status: 404,
    title: 'The invitation is no good',
    meaning: 'The link is wrong, was withdrawn, has expired or was used as often as it may be.',
    normal: 'Yes, for old links.',
    action: 'Ask whoever sent it for another one.',
  },
  last_owner: {
    status: 409,
    title: 'A workspace needs an owner',
    meaning: 'The workspace would be left without anybody who may manage it.',
    normal: 'Yes.',
    action: 'Make somebody else its owner first, or delete the workspace.',
  },
  conflict: {
    status: 409,
    title: 'It is so already, or something else is',
    meaning: 'What was asked for does not go with what is there; the detail says with what.',
    normal: 'Yes, when two people do the same.',
    action: 'Look at what is there, and ask again if it is still wanted.',
  },
  body_too_large: {
    status: 413,
    title: 'The request is too large',
    meaning: 'The body of the request is larger than any that is meant.',
    normal: 'No.',
    action: 'Send less.',
  },
  oidc_failed: {
    status: 502,
    title: 'The sign-in elsewhere did not work',
    meaning: 'The identity provider refused, could not be reached, or said something that is not to be trusted.',
    normal: 'When somebody breaks off there, yes.',
    action: 'Try again. If it stays, the log of the server says what the provider answered.',
  },
  webhook_invalid: {
    status: 400,
    title: 'The event is not to be trusted',
    meaning: 'The signature of the payment provider’s event is missing, wrong or too old.',
    normal: 'No.',
    action: 'Compare the secret of the webhook with that at the provider, and the clocks.',
  },
  billing_unavailable: {
    status: 503,
    title: 'The payment provider cannot be asked',
    meaning: 'The server has none, or it does not answer.',
    normal: 'For a server without billing, yes.',
    action: 'Try again later.',
  },
  accounts_unavailable: {
    status: 503,
    title: 'Accounts cannot be asked right now',
    meaning: 'PostgreSQL, in which accounts are kept, is away. Who is connected goes on syncing.',
    normal: 'Yes, while PostgreSQL is restarted.',
    action: 'Try again after as many seconds as `Retry-After` says.',
  },
  search_unavailable: {
    status: 503,
    title: 'There is nothing to search in right now',
    meaning: 'There is no cloud copy to search: PostgreSQL is away, or the server was started with --relay-only.',
    normal: 'Yes, while PostgreSQL is restarted.',
    action: 'Ask again later. A replica can search what it has by itself.',
  },
  search_too_slow: {
    status: 503,
    title: 'The search took too long',
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
