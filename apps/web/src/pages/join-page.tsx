/** Where a link into a workspace leads. Its token is after the #, so that no server but ours ever sees it. */
import { Link, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { lookAtInvitation, type InvitationCard } from '../api/account-api.ts';
import { tellProblem } from '../api/problem.ts';
import { useApp, useSession } from '../data/hooks.ts';
import { rememberReturn } from '../session/return-to.ts';
import { MessagePage } from './message-page.tsx';

export function JoinPage() {
  const token = location.hash.slice(1);
  const { session } = useApp();
  const { kind } = useSession();
  const router = useRouter();
  const [card, setCard] = useState<InvitationCard | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);

  useEffect(() => {
    lookAtInvitation(token).then(setCard, (error: unknown) => setFault(tellProblem(error)));
  }, [token]);

  async function join(): Promise<void> {
    try {
      const workspaceId = await session.api.acceptInvitation(token);
      await session.reloadWorkspaces();
      session.selectWorkspace(workspaceId);
      router.history.replace('/');
    } catch (error) {
      setFault(tellProblem(error));
    }
  }

  if (fault !== undefined) return <MessagePage title="This link does not work">{fault}</MessagePage>;
  if (card === undefined) return <p role="status">Looking at the link…</p>;
  return (
    <section>
      <h1>Join {card.workspaceName}</h1>
      <p>
        {card.inviterName} invites you as {card.role}.
      </p>
      {kind === 'signedIn' ? (
        <button type="button" onClick={() => void join()}>
          Join
        </button>
      ) : (
        <p>
          First{' '}
          <Link to="/sign-in" onClick={() => rememberReturn(`/join#${token}`)}>
            sign in
          </Link>{' '}
          or{' '}
          <Link to="/register" onClick={() => rememberReturn(`/join#${token}`)}>
            make an account
          </Link>
          .
        </p>
      )}
    </section>
  );
}
