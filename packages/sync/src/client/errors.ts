/**
 * What a sync client raises, with stable codes; `docs/errors.md` is generated from this table. What the relay refuses
 * has codes of its own, in protocol/errors.
 */
interface ErrorDoc {
  readonly meaning: string;
  readonly normal: string;
  readonly action: string;
}

export const SYNC_ERRORS = {
  offline: {
    meaning: 'The relay could not be reached, so `sync()` could not finish.',
    normal: 'Yes, without a network.',
    action: 'Nothing is lost: every edit is kept here, and is sent when the relay can be reached again.',
  },
  blocked: {
    meaning:
      'The relay refuses this client, or one of its edits, until somebody does something; `reason` in the status says what.',
    normal: 'No.',
    action: 'Do what the reason says, and call `connect()` or `sync()`.',
  },
  closed: {
    meaning: 'The client was closed, or `disconnect()` was called, before `sync()` had finished.',
    normal: 'Yes, when an app is closed.',
    action: 'Call `connect()` again.',
  },
  conflict_not_found: {
    meaning: 'There is no conflict with this id, or another device has resolved it.',
    normal: 'Yes, when two people resolve the same conflict.',
    action: 'Reload the list of conflicts.',
  },
  conflict_unreadable: {
    meaning: 'The conflict names a table, column or value that this app does not know.',
    normal: 'Yes, when a newer version of the app has written it.',
    action: 'Update the app, or dismiss the conflict.',
  },
  not_mergeable: {
    meaning: 'The two values cannot be merged into one: only texts can.',
    normal: 'Yes.',
    action: 'Choose one of the two.',
  },
} as const satisfies Record<string, ErrorDoc>;

export type SyncErrorCode = keyof typeof SYNC_ERRORS;

export class SyncError extends Error {
  readonly code: SyncErrorCode;

  constructor(code: SyncErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SyncError';
    this.code = code;
  }
}
