/** Whether the browser may throw the notes away, and what can be done about it. */
import { requestPersistence } from '@tributary/database/browser';
import { useEffect, useState } from 'react';

export function PersistenceNote() {
  const [isPersisted, setIsPersisted] = useState<boolean | undefined>(undefined);
  const [wasRefused, setWasRefused] = useState(false);

  useEffect(() => {
    void navigator.storage?.persisted?.().then(setIsPersisted);
  }, []);

  async function ask(): Promise<void> {
    const { persisted } = await requestPersistence();
    setIsPersisted(persisted);
    setWasRefused(!persisted);
  }

  if (isPersisted !== false) return null;
  return (
    <span data-testid="persistence">
      The browser may delete this data when space is short.{' '}
      <button type="button" onClick={() => void ask()}>
        Ask it to keep the data
      </button>{' '}
      {wasRefused && <span role="status">The browser has refused; install the app, or sync often.</span>}
    </span>
  );
}
