import type { PageState } from '../messages.ts';
import type { PageWindow } from '../ports.ts';

export interface PageWatcher {
  /** Whether somebody looks at it. Nobody may ever again. */
  changed(state: PageState): void;
  /** It is closed, or stops and may be thrown away: this is the last that runs in it. */
  sleeps(): void;
  wakes(): void;
}

/** Browsers tell of sleep twice, and of visibility in the middle of it. */
export function watchPage(page: PageWindow, watcher: PageWatcher): void {
  const { document } = page;
  let isAsleep = false;
  const look = () => {
    if (!isAsleep) watcher.changed(document.visibilityState === 'hidden' ? 'hidden' : 'visible');
  };
  const sleep = () => {
    if (!isAsleep) watcher.sleeps();
    isAsleep = true;
  };
  const wake = () => {
    if (isAsleep) watcher.wakes();
    isAsleep = false;
    look();
  };
  document.addEventListener('visibilitychange', look);
  document.addEventListener('freeze', sleep);
  document.addEventListener('resume', wake);
  page.addEventListener('pagehide', sleep);
  page.addEventListener('pageshow', wake);
  look();
}
