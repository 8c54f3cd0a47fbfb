import type { PageState } from './messages.ts';
import type { PageWindow } from './ports.ts';

/**
 * Tells whether somebody looks at the page, and in time that the browser puts it to sleep: a sleeping worker answers nobody,
 * and still has the database.
 */
export function watchPage(page: PageWindow, tell: (state: PageState) => void): void {
  const { document } = page;
  const tellVisibility = () => tell(document.visibilityState === 'hidden' ? 'hidden' : 'visible');
  document.addEventListener('visibilitychange', tellVisibility);
  document.addEventListener('resume', tellVisibility);
  page.addEventListener('pageshow', tellVisibility);
  document.addEventListener('freeze', () => tell('suspended'));
  page.addEventListener('pagehide', () => tell('suspended'));
  tellVisibility();
}
