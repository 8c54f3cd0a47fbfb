/** Where the account is signed in, and shutting one of them out. */
import { useCallback, useEffect, useState } from 'react';
import type { SignedInDevice } from '../api/account-api.ts';
import { tellProblem } from '../api/problem.ts';
import { useApp } from '../data/hooks.ts';

export function DevicesPage() {
  const { session } = useApp();
  const [devices, setDevices] = useState<readonly SignedInDevice[] | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);

  const load = useCallback(async () => {
    try {
      setDevices(await session.api.devices());
      setFault(undefined);
    } catch (error) {
      setFault(tellProblem(error));
    }
  }, [session]);

  useEffect(() => void load(), [load]);

  async function revoke(id: string): Promise<void> {
    try {
      await session.api.revokeDevice(id);
    } catch (error) {
      setFault(tellProblem(error));
      return;
    }
    await load();
  }

  return (
    <section>
      <h1>Devices</h1>
      {fault !== undefined && <p role="alert">{fault}</p>}
      {devices === undefined && fault === undefined && <p role="status">Asking the server…</p>}
      <ul>
        {devices?.map(({ id, name, lastSeenAt, revokedAt, isCurrent }) => (
          <li key={id}>
            {name || 'A device without a name'}
            {isCurrent ? ', this one' : `, seen ${new Date(lastSeenAt).toLocaleString()}`}
            {revokedAt !== null && ', shut out'}{' '}
            {revokedAt === null && !isCurrent && (
              <button type="button" onClick={() => void revoke(id)} aria-label={`Shut out ${name}`}>
                Shut out
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
