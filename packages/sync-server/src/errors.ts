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
    meaning: 'Another process has the data directory open. Two relays on one log would overwrite each other.',
    normal: 'Yes, when a server is started twice.',
    action: 'Stop the other one, or choose another data directory. A killed owner frees it by itself.',
  },
  data_too_new: {
    meaning: 'The data directory was written by a newer version of the server.',
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
