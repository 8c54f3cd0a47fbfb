/** The workspaces of the account: which one is shown, new ones, and links that let others in. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type FormEvent } from 'react';
import type { Workspace } from '../api/account-api.ts';
import { tellProblem } from '../api/problem.ts';
import { useApp, useSession } from '../data/hooks.ts';
import { formEntry } from './form-entry.ts';

export function WorkspacesPage() {
  const { session } = useApp();
  const state = useSession();
  const navigate = useNavigate();
  const [told, setTold] = useState('');

  useEffect(() => {
    session.reloadWorkspaces().catch((error: unknown) => setTold(`As of the last time: ${tellProblem(error)}.`));
  }, [session]);

  if (state.kind !== 'signedIn') return null;

  const open = (id: string) => {
    session.selectWorkspace(id);
    void navigate({ to: '/' });
  };

  async function create(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const name = formEntry(event.currentTarget, 'name');
    try {
      const id = await session.api.createWorkspace(name);
      await session.reloadWorkspaces();
      open(id);
    } catch (error) {
      setTold(tellProblem(error));
    }
  }

  return (
    <section>
      <h1>Workspaces</h1>
      <p role="status">{told}</p>
      <ul>
        {state.account.workspaces.map((workspace) => (
          <li key={workspace.id}>
            <button
              type="button"
              aria-current={workspace.id === state.workspaceId ? 'true' : undefined}
              onClick={() => open(workspace.id)}
            >
              {workspace.name}
            </button>{' '}
            {workspace.role} {workspace.role === 'owner' && <Invite workspace={workspace} />}
          </li>
        ))}
      </ul>
      <form onSubmit={(event) => void create(event)}>
        <label htmlFor="workspace-name">Name of a new workspace</label>
        <input id="workspace-name" name="name" required maxLength={200} autoComplete="off" />
        <button type="submit">Make the workspace</button>
      </form>
    </section>
  );
}

function Invite({ workspace }: { readonly workspace: Workspace }) {
  const { session } = useApp();
  const [told, setTold] = useState('');

  async function invite(): Promise<void> {
    try {
      const token = await session.api.createInvitation(workspace.id, 'editor');
      setTold(`${location.origin}/join#${token}`);
    } catch (error) {
      setTold(tellProblem(error));
    }
  }

  return (
    <>
      <button type="button" onClick={() => void invite()} aria-label={`Invite somebody to ${workspace.name}`}>
        Invite
      </button>{' '}
      <output>{told}</output>
    </>
  );
}
