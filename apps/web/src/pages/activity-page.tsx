/** What sync did, newest first, as it goes on. */
import { useStore } from '@tributary/sync/react';
import { useMemo } from 'react';
import { useWorkspace } from '../data/hooks.ts';

export function ActivityPage() {
  const { tabs } = useWorkspace();
  const lines = useStore(useMemo(() => tabs.watchActivity({ limit: 200 }), [tabs]));
  return (
    <section>
      <h1>Activity</h1>
      {lines?.length === 0 && <p>Nothing has been synced yet.</p>}
      <ol reversed>
        {lines?.map(({ id, at, kind, message }) => (
          <li key={id} data-kind={kind}>
            <time dateTime={new Date(at).toISOString()}>{new Date(at).toLocaleString()}</time> {message}
          </li>
        ))}
      </ol>
    </section>
  );
}
