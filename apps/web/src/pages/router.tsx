/** Which address shows which page. */
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { ActivityPage } from './activity-page.tsx';
import { AppFrame } from './app-frame.tsx';
import { DevicesPage } from './devices-page.tsx';
import { JoinPage } from './join-page.tsx';
import { MessagePage } from './message-page.tsx';
import { NotePage } from './note-page.tsx';
import { NotesPage } from './notes-page.tsx';
import { RegisterPage } from './register-page.tsx';
import { SessionGate } from './session-gate.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { WorkspaceGate } from './workspace-gate.tsx';
import { WorkspacesPage } from './workspaces-page.tsx';

const root = createRootRoute({
  component: AppFrame,
  notFoundComponent: () => <MessagePage title="There is no such page">Look at your notes instead.</MessagePage>,
  errorComponent: ({ error }) => (
    <MessagePage title="This page has failed">
      {error instanceof Error ? error.message : String(error)} Nothing that was saved is lost. Reload the page.
    </MessagePage>
  ),
});

const withSession = createRoute({ getParentRoute: () => root, id: 'session', component: SessionGate });
const withWorkspace = createRoute({ getParentRoute: () => withSession, id: 'workspace', component: WorkspaceGate });

const routes = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignInPage }),
  createRoute({ getParentRoute: () => root, path: '/register', component: RegisterPage }),
  createRoute({ getParentRoute: () => root, path: '/join', component: JoinPage }),
  withSession.addChildren([
    createRoute({ getParentRoute: () => withSession, path: '/workspaces', component: WorkspacesPage }),
    createRoute({ getParentRoute: () => withSession, path: '/devices', component: DevicesPage }),
    withWorkspace.addChildren([
      createRoute({ getParentRoute: () => withWorkspace, path: '/', component: NotesPage }),
      createRoute({ getParentRoute: () => withWorkspace, path: '/notes/$id', component: NotePage }),
      createRoute({ getParentRoute: () => withWorkspace, path: '/activity', component: ActivityPage }),
    ]),
  ]),
]);

export function createAppRouter() {
  return createRouter({ routeTree: routes });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
