/** Whether everything is saved and in sync, wherever one looks. */
import { useConnection, useStatus } from '@tributary/sync/react';
import { Link } from '@tanstack/react-router';
import { useReceipt, useSession, useWorkspace } from '../data/hooks.ts';
import { PersistenceNote } from './persistence-note.tsx';
import { statusText } from './status-text.ts';

const RECEIPTS = {
  local: 'saved here',
  relay: 'saved here → on the relay',
  cloud: 'saved here → on the relay → in PostgreSQL',
} as const;

export function StatusLine() {
  const connection = useConnection();
  const status = useStatus();
  const session = useSession();
  const receipt = useReceipt();
  const isSessionOver = session.kind === 'signedIn' && session.standing === 'ended';
  const text = statusText({ connection: connection.state, status, isSessionOver });
  return (
    <footer className="status">
      <span role="status" data-testid="status" data-state={status?.state ?? 'unknown'}>
        {text}
      </span>
      {isSessionOver && <Link to="/sign-in">Sign in</Link>}
      {status?.state !== undefined && <PauseButton isPaused={status.state === 'paused'} />}
      {receipt !== undefined && (
        <span data-testid="receipt" data-level={receipt}>
          Last edit: {RECEIPTS[receipt]}
        </span>
      )}
      <PersistenceNote />
    </footer>
  );
}

function PauseButton({ isPaused }: { readonly isPaused: boolean }) {
  const { sync } = useWorkspace().tabs;
  return (
    <button type="button" onClick={() => void (isPaused ? sync.connect() : sync.disconnect())}>
      {isPaused ? 'Resume sync' : 'Pause sync'}
    </button>
  );
}
