/** Puts the app together and starts it. */
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { login, logout, refresh } from './api/auth.ts';
import { CurrentWorkspace } from './data/current-workspace.ts';
import { AppContext } from './data/hooks.ts';
import { describeBrowser } from './session/describe-browser.ts';
import { openSavedAccount } from './session/browser-storage.ts';
import type { SavedAccount } from './session/saved-account.ts';
import { failureText } from './pages/failure-text.ts';
import { MessagePage } from './pages/message-page.tsx';
import { Session } from './session/session.ts';
import { createAppRouter } from './pages/router.tsx';
import { AppUpdate } from './update/app-update.ts';
// oxlint-disable-next-line import/no-unassigned-import -- styles have nothing to import
import './styles.css';

const app = document.getElementById('app');
if (app === null) throw new TypeError('index.html has no element #app');
const root = createRoot(app);
const saved = openSavedAccount();
if (saved === undefined) root.render(<NoStorage />);
else start(saved);

function start(account: SavedAccount): void {
  const current = new CurrentWorkspace();
  const settle = async () => current.getSnapshot()?.settle();
  const session = new Session({
    auth: { login, logout, refresh },
    saved: account,
    device: describeBrowser(navigator.userAgent),
    beforeSignOut: settle,
  });
  const update = new AppUpdate(
    import.meta.env.PROD && 'serviceWorker' in navigator
      ? { container: navigator.serviceWorker, reload: () => location.reload(), beforeReload: settle }
      : undefined,
  );
  window.addEventListener('storage', ({ key, storageArea }) => {
    if (storageArea === localStorage) session.storageChanged(key);
  });
  window.addEventListener('online', () => session.confirmSoon());
  current.follow(session);
  root.render(
    <AppContext value={{ session, current, update }}>
      <RouterProvider router={createAppRouter()} />
    </AppContext>,
  );
  void session.start();
  void update.start();
}

function NoStorage() {
  const { title, advice } = failureText('storage_unavailable');
  return (
    <main>
      <MessagePage title={title} code="storage_unavailable">
        {advice}
      </MessagePage>
    </main>
  );
}
