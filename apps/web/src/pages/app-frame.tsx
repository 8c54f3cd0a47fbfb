/** What is around every page: the way to the others, and what has to be said wherever one is. */
import { useStore } from '@tributary/sync/react';
import { Link, Outlet } from '@tanstack/react-router';
import { useApp, useSession } from '../data/hooks.ts';

export function AppFrame() {
  const { session } = useApp();
  const state = useSession();
  const isSignedIn = state.kind === 'signedIn';
  const workspace = isSignedIn ? state.account.workspaces.find(({ id }) => id === state.workspaceId) : undefined;
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <UpdatePrompt />
      <header>
        <strong>{workspace?.name ?? 'Tributary'}</strong>
        {isSignedIn && (
          <nav aria-label="Pages">
            <Link to="/">Notes</Link> <Link to="/activity">Activity</Link> <Link to="/workspaces">Workspaces</Link>{' '}
            <Link to="/devices">Devices</Link>
          </nav>
        )}
        {isSignedIn && (
          <span className="account">
            {state.account.name || state.account.email}{' '}
            <button type="button" onClick={() => void session.signOut()}>
              Sign out
            </button>
          </span>
        )}
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

function UpdatePrompt() {
  const { update } = useApp();
  if (!useStore(update)) return null;
  return (
    <p role="status" className="banner" data-testid="update">
      A new version is ready.{' '}
      <button type="button" onClick={() => void update.reload()}>
        Reload
      </button>
    </p>
  );
}
