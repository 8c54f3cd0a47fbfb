/** Why the notes on this device cannot be shown, in words that say what to do. */
export interface FailureText {
  readonly title: string;
  readonly advice: string;
  readonly action: 'retry' | 'reload';
}

const TEXTS: Readonly<Record<string, FailureText>> = {
  storage_unavailable: {
    title: 'This browser lets nothing be saved here',
    advice:
      'Private windows and blocked site data keep the app from storing your notes, and it does not pretend to. Open it in an ordinary window, or allow this site to store data.',
    action: 'retry',
  },
  file_in_use: {
    title: 'Your notes are open elsewhere',
    advice: 'Another tab or window of this browser holds them and does not let go. Close it, then try again.',
    action: 'retry',
  },
  app_outdated: {
    title: 'This tab is of an older version',
    advice: 'Another tab already runs a newer version of the app. Reload this one; nothing that was saved is lost.',
    action: 'reload',
  },
  file_newer_than_app: {
    title: 'The notes on this device are of a newer version',
    advice: 'They were written by a newer version of the app. Reload to get it; nothing was touched.',
    action: 'reload',
  },
  insecure_context: {
    title: 'The app was not loaded securely',
    advice:
      'Browsers keep data only for pages loaded over https or from localhost. Ask whoever runs the server for an https address.',
    action: 'reload',
  },
  disk_full: {
    title: 'There is no space left',
    advice: 'Free some space on this device, then try again. What was saved before is intact.',
    action: 'retry',
  },
  worker_failed: {
    title: 'The app could not be started',
    advice: 'A part of it did not load, or the browser is too old for it. Reload the page, or use a current browser.',
    action: 'reload',
  },
  engine_unavailable: {
    title: 'The database engine could not be loaded',
    advice: 'Reload the page while the server can be reached.',
    action: 'reload',
  },
};

const OTHER: FailureText = {
  title: 'Your notes could not be opened',
  advice:
    'They are still on this device. Reload the page; if that does not help, show this page to whoever runs the server.',
  action: 'reload',
};

export function failureText(code: string | undefined): FailureText {
  return code !== undefined && Object.hasOwn(TEXTS, code) ? (TEXTS[code] ?? OTHER) : OTHER;
}
