/**
 * Every error this package raises on purpose, with a stable code. `docs/errors.md` is generated from the table below,
 * so a code is explained once: what it means, whether it is normal, and what to do.
 */
interface ErrorDoc {
  readonly meaning: string;
  readonly normal: string;
  readonly action: string;
}

export const DATABASE_ERRORS = {
  file_in_use: {
    meaning:
      'Another process, or this one, already has the database file open; in a browser another tab or worker. The message names the holder where it is known.',
    normal: 'Yes, when an app is started twice.',
    action: 'Use the running process, or close it. A killed holder frees the file by itself.',
  },
  lock_unavailable: {
    meaning: 'The operating system offers no way to lock the database file against other processes.',
    normal: 'No. On Linux it means that the `flock` program (util-linux or busybox) is not installed.',
    action: 'Install it. Nothing is opened without the lock, because two writers would corrupt the file.',
  },
  storage_unavailable: {
    meaning:
      'The browser offers no private file system here, or refuses to store anything in it. The message says which.',
    normal: 'Yes, in private windows of some browsers, and where the user has blocked site data.',
    action:
      'Say that nothing can be saved here, and offer an ordinary window. In code: https or localhost, and a dedicated worker. `:memory:` is there for an app that knowingly forgets.',
  },
  cannot_open: {
    meaning: 'The file or its directory does not exist, or may not be read.',
    normal: 'No.',
    action: 'Check the path and its permissions.',
  },
  read_only: {
    meaning: 'The database, its file or its directory cannot be written.',
    normal: 'No.',
    action:
      'Give the process write permission to the file and its directory (the wal and the owner lock lie beside it).',
  },
  not_a_database: {
    meaning: 'The file exists but is not an SQLite database.',
    normal: 'No.',
    action: 'Choose another path. The file was not touched.',
  },
  file_corrupt: {
    meaning: 'SQLite found damage in the file.',
    normal: 'No: a failing disk, or a tool that wrote to the file while it was open.',
    action: 'Keep the file, restore a copy or start an empty replica: it refills from the relay.',
  },
  file_newer_than_app: {
    meaning: 'The file was migrated by a newer version of the app.',
    normal: 'Yes, after going back to an older version.',
    action: 'Update the app. The file was not touched.',
  },
  disk_full: {
    meaning: 'There was no space to write. The transaction was rolled back; everything before it is intact.',
    normal: 'No.',
    action: 'Free some space and repeat the last edit.',
  },
  io_error: {
    meaning: 'The operating system refused a read or a write. The transaction was rolled back.',
    normal: 'No.',
    action: 'Look at the cause, and check the disk.',
  },
  engine_unavailable: {
    meaning: 'The requested SQLite engine cannot be loaded here. The message says which part is missing.',
    normal: 'Yes for `native` where it has not been switched on.',
    action: "Use engine 'auto' or 'wasm', or install what the message names.",
  },
  engine_poisoned: {
    meaning: 'The wasm engine trapped, so its memory can no longer be trusted; it writes nothing any more.',
    normal: 'No: an expression nested thousands of levels deep, or a bug.',
    action: 'Close the replica and open it again. Everything that was committed is there.',
  },
  migration_not_additive: {
    meaning: 'A migration does something a replicated table cannot survive: drop, rename, rewrite, or a unique index.',
    normal: 'No, a mistake in the migration.',
    action: 'Add tables and columns only, and leave what is no longer needed.',
  },
  migration_failed: {
    meaning: 'A migration could not be applied and was rolled back whole.',
    normal: 'No.',
    action: 'Look at the cause. The file is as it was before.',
  },
  schema_unsound: {
    meaning: 'A replicated table breaks a rule that keeps replicas equal.',
    normal: 'No, a mistake in the schema.',
    action: 'Follow the rule that the message names.',
  },
  change_malformed: {
    meaning: 'A change from outside breaks the rules of its format: clocks, site, primary key or value.',
    normal: 'No: a faulty or hostile peer.',
    action: 'Refuse its batch. Nothing of it was applied.',
  },
  apply_failed: {
    meaning: 'A well-formed batch of changes could not be applied and was rolled back whole.',
    normal: 'No.',
    action: 'Look at the cause.',
  },
  invalid_input: {
    meaning: 'A value given to a repository does not fit. `issues` names each field and what is wrong with it.',
    normal: 'Yes, for what people type.',
    action: 'Show the issues beside their fields.',
  },
  row_not_found: {
    meaning: 'There is no row with this id, or it has been purged.',
    normal: 'Yes, when another device removed it.',
    action: 'Reload what is shown.',
  },
  row_immutable: {
    meaning: 'The row may no longer be edited, such as a completed chat message.',
    normal: 'No.',
    action: 'Write a new row instead.',
  },
  wrong_password: {
    meaning: 'The password does not open the secret of the account, or that was damaged.',
    normal: 'Yes, for somebody who mistypes, and on a device that has the secret of an older password.',
    action: 'Ask for the password again; with a fresh copy of the secret from the server, if it is the right one.',
  },
  api_key_unreadable: {
    meaning: 'An encrypted API key belongs to another account, provider or secret, or was damaged.',
    normal: 'Yes, after the secret of the account was made anew.',
    action: 'Ask for the key again and store it.',
  },
  unknown_table: {
    meaning: 'The table is not part of the schema that this replica was opened with.',
    normal: 'No.',
    action: 'Check the name, or open the replica with a schema that has it.',
  },
} as const satisfies Record<string, ErrorDoc>;

export type DatabaseErrorCode = keyof typeof DATABASE_ERRORS;

export interface FieldIssue {
  /** The field, as a path: `title`, or `blocks.3.text`. */
  readonly field: string;
  readonly message: string;
}

export interface DatabaseErrorOptions {
  readonly cause?: unknown;
  readonly issues?: readonly FieldIssue[];
}

export class DatabaseError extends Error {
  readonly code: DatabaseErrorCode;
  /** Whether the same call may succeed later without anybody changing anything in the program. */
  readonly retryable: boolean;
  readonly issues: readonly FieldIssue[];

  constructor(code: DatabaseErrorCode, message: string, options: DatabaseErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'DatabaseError';
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.issues = options.issues ?? [];
  }
}

const RETRYABLE: ReadonlySet<DatabaseErrorCode> = new Set(['file_in_use', 'disk_full', 'io_error']);

/** What better-sqlite3 throws and what our wasm driver throws alike: SQLite's message and its extended code's name. */
export class SqliteError extends Error {
  readonly code: string;

  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SqliteError';
    this.code = code;
  }
}

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && error.name === 'SqliteError' && typeof (error as SqliteError).code === 'string';
}

const CODE_OF_SQLITE_FAILURE: readonly (readonly [prefix: string, code: DatabaseErrorCode])[] = [
  ['SQLITE_FULL', 'disk_full'],
  ['SQLITE_NOTADB', 'not_a_database'],
  ['SQLITE_CORRUPT', 'file_corrupt'],
  ['SQLITE_READONLY', 'read_only'],
  ['SQLITE_CANTOPEN', 'cannot_open'],
  ['SQLITE_BUSY', 'file_in_use'],
  ['SQLITE_IOERR', 'io_error'],
];

/** Gives an error of the storage below its stable code; anything that is not the storage's fault is passed through. */
export function toDatabaseError(error: unknown, context: string): unknown {
  if (!isSqliteError(error)) return error;
  if (error.message.startsWith('no such table')) {
    return new DatabaseError('unknown_table', `${context}: ${error.message}`, { cause: error });
  }
  const failure = CODE_OF_SQLITE_FAILURE.find(([prefix]) => error.code.startsWith(prefix));
  return failure ? new DatabaseError(failure[1], `${context}: ${error.message}`, { cause: error }) : error;
}
