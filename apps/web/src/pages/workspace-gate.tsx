/** Pages of the open workspace. While it cannot be opened they are not shown at all: an empty page would look like data loss. */
import { Link, Outlet } from '@tanstack/react-router';
import { TabsContext, useConnection, useStore } from '@tributary/sync/react';
import type { TabConnection } from '@tributary/sync/tabs';
import { useApp, useSession, WorkspaceContext } from '../data/hooks.ts';
import { StatusLine } from '../status/status-line.tsx';
import { failureText } from './failure-text.ts';
import { MessagePage } from './message-page.tsx';
import { UndoBar } from './undo-bar.tsx';

export function WorkspaceGate() {
  const session = useSession();
  const workspace = useStore(useApp().current);
  if (session.kind === 'signedIn' && session.workspaceId === undefined) {
    return (
      <MessagePage
        title="No workspace yet"
        code="no_workspace"
        actions={<Link to="/workspaces">Make a workspace</Link>}
      >
        You are a member of no workspace. Make one, or follow an invitation into somebody else’s.
      </MessagePage>
    );
  }
  if (workspace === undefined) return null;
  return (
    <WorkspaceContext value={workspace} key={`${workspace.userId}/${workspace.workspaceId}`}>
      <TabsContext value={workspace.tabs}>
        <OpenPages />
      </TabsContext>
    </WorkspaceContext>
  );
}

function OpenPages() {
  const connection = useConnection();
  const workspace = useStore(useApp().current);
  if (connection.state === 'failed') {
    return <FailurePage connection={connection} retry={() => workspace?.tabs.retry()} />;
  }
  return (
    <>
      {connection.isOutdated && (
        <p role="status" className="banner" data-testid="outdated">
          Another tab runs a newer version of the app.{' '}
          <button type="button" onClick={() => location.reload()}>
            Reload this tab
          </button>
        </p>
      )}
      <UndoBar />
      <Outlet />
      <StatusLine />
    </>
  );
}

function FailurePage({ connection, retry }: { readonly connection: TabConnection; readonly retry: () => void }) {
  const { title, advice, action } = failureText(connection.code);
  const button =
    action === 'reload' ? (
      <button type="button" onClick={() => location.reload()}>
        Reload
      </button>
    ) : (
      <button type="button" onClick={retry}>
        Try again
      </button>
    );
  return (
    <MessagePage title={title} code={connection.code} actions={button}>
      {advice} {connection.message !== undefined && <small>({connection.message})</small>}
    </MessagePage>
  );
}
