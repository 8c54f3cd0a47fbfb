/** Pages for whoever is signed in. */
import { Navigate, Outlet } from '@tanstack/react-router';
import { useApp, useSession } from '../data/hooks.ts';
import { rememberReturn } from '../session/return-to.ts';
import { MessagePage } from './message-page.tsx';

export function SessionGate() {
  const state = useSession();
  const { kind } = state;
  if (kind === 'signedIn') return <Outlet />;
  if (kind === 'signedOut') return <ToSignIn hasLeft={state.hasLeft} />;
  if (kind === 'noAccounts') return <NoAccounts />;
  if (kind === 'unreachable') return <Unreachable />;
  return <p role="status">Opening…</p>;
}

/** Whoever comes next did not ask for the page that somebody has left. */
function ToSignIn({ hasLeft }: { readonly hasLeft: boolean }) {
  const { pathname, search, hash } = location;
  if (pathname !== '/' && !hasLeft) rememberReturn(pathname + search + hash);
  return <Navigate to="/sign-in" replace />;
}

function NoAccounts() {
  return (
    <MessagePage title="This server keeps no accounts" code="no_accounts">
      It was started as a relay alone, and the app needs accounts. Start it without --relay-only, then reload this page.
    </MessagePage>
  );
}

function Unreachable() {
  const { session } = useApp();
  const retry = (
    <button type="button" onClick={() => void session.confirm()}>
      Try again
    </button>
  );
  return (
    <MessagePage title="The server cannot be reached" code="unreachable" actions={retry}>
      Nobody has signed in on this browser yet, and the first time needs the server. Afterwards the app works offline.
    </MessagePage>
  );
}
