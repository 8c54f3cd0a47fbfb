/** What tabs raise by themselves, with stable codes; `docs/errors.md` is generated from this table. */
interface ErrorDoc {
  readonly meaning: string;
  readonly normal: string;
  readonly action: string;
}

export const TABS_ERRORS = {
  app_outdated: {
    meaning: 'Another tab runs a newer version of the app, with which this tab cannot talk.',
    normal: 'Yes, after an update of the app.',
    action: 'Reload this tab. Nothing is lost but what was not yet entered.',
  },
  unknown_command: {
    meaning: 'The tab that has the database open does not know this command.',
    normal: 'Yes, after an update of the app, when an older or newer version still runs in another tab.',
    action: 'Reload this tab.',
  },
  fate_unknown: {
    meaning: 'The edit was sent long ago, and whether it was made is no longer recorded.',
    normal: 'No: the device must have slept for days in the middle of an edit.',
    action: 'Look whether the edit is there, and repeat it if it is not.',
  },
  read_only: {
    meaning: 'Pages read with SQL, but write by commands.',
    normal: 'No, a mistake in the app.',
    action: 'Define a command for the edit, and run it.',
  },
  no_sync: {
    meaning: 'The app was started without sync, so there is no relay to talk to.',
    normal: 'Yes, in an app that works without an account.',
    action: 'Offer sync only where it is set up.',
  },
  no_search: {
    meaning: 'The app was started without a search.',
    normal: 'No, a mistake in the app.',
    action: 'Give `search` to `startTabWorker`.',
  },
  cannot_undo: {
    meaning: 'The record of what to undo is not one that this version of the app can read.',
    normal: 'No.',
    action: 'Nothing was changed. Go on without undoing it.',
  },
  insecure_context: {
    meaning: 'The page was loaded in a way that browsers do not let keep data: neither over https nor from localhost.',
    normal: 'No.',
    action: 'Serve the app over https.',
  },
  worker_failed: {
    meaning: 'The worker that opens the database could not be started.',
    normal: 'No: its script is missing, or the browser is too old for it.',
    action: 'Reload the page. If that does not help, look at the browser’s console.',
  },
  closed: {
    meaning: 'The tab was closed before the answer came.',
    normal: 'Yes.',
    action: 'Nothing. An edit is made when a page opens this database the next time, if it was not made already.',
  },
} as const satisfies Record<string, ErrorDoc>;

export type TabsErrorCode = keyof typeof TABS_ERRORS;

export class TabsError extends Error {
  readonly code: TabsErrorCode;

  constructor(code: TabsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TabsError';
    this.code = code;
  }
}
