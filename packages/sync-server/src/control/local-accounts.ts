/** Accounts for a command where no server is running. Nobody is connected, so nobody has to be told of anything. */
import { AccountAdmin } from '../accounts/account-admin.ts';
import { AccountChanges } from '../accounts/account-changes.ts';
import { AccountStore } from '../accounts/account-store.ts';
import { Confirmation } from '../accounts/confirmation.ts';
import { Devices } from '../accounts/devices.ts';
import { AccountDeletion } from '../accounts/erasure/account-deletion.ts';
import { Eraser } from '../accounts/erasure/eraser.ts';
import { WORKSPACE_PERSONAL_TABLES } from '../accounts/erasure/personal-tables.ts';
import { Passwords } from '../accounts/passwords.ts';
import { Throttle } from '../accounts/throttle.ts';
import { Invitations } from '../accounts/workspaces/invitations.ts';
import { Members } from '../accounts/workspaces/members.ts';
import { WorkspaceAdmin } from '../accounts/workspaces/workspace-admin.ts';
import { Workspaces } from '../accounts/workspaces/workspaces.ts';
import { systemClock as clock } from '../clock.ts';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { migrateAccounts, migrateCloud } from '../cloud/migrate-cloud.ts';
import type { Log } from '../log/log.ts';
import { Projector } from '../projector/projector.ts';
import type { AccountWork } from './account-work.ts';
import type { Workplace } from './operation.ts';

export async function openLocalAccounts(place: Pick<Workplace, 'cloud' | 'log' | 'schema'>): Promise<AccountWork> {
  const { cloud } = place;
  await migrateAccounts(cloud);
  const store = new AccountStore(() => cloud);
  const changes = new AccountChanges();
  const passwords = new Passwords();
  const throttle = new Throttle({ uptimeMs: () => clock.uptimeMs() });
  const onErasure = (): void => undefined;
  return {
    admin: new AccountAdmin({ store, changes, passwords, clock }),
    devices: new Devices({ store, changes, clock }),
    workspaceAdmin: new WorkspaceAdmin({ store, changes }),
    workspaces: new Workspaces({ store, changes, onErasure }),
    members: new Members({ store, changes }),
    invitations: new Invitations({ store, changes, clock }),
    deletion: new AccountDeletion({
      store,
      changes,
      confirmation: new Confirmation({ store, passwords, throttle, clock }),
      onErasure,
    }),
    erased: () => eraseHere(place, store),
  };
}

async function eraseHere(
  { cloud, log, schema }: { readonly cloud: CloudDatabase; readonly log: Log } & Pick<Workplace, 'schema'>,
  store: AccountStore,
): Promise<void> {
  await migrateCloud(cloud, schema.migrations);
  const projector = new Projector({ log, cloud, schema });
  const eraser = new Eraser({
    store,
    log,
    cloud: () => cloud,
    tables: WORKSPACE_PERSONAL_TABLES,
    closeWorkspace: () => Promise.resolve(() => undefined),
    forget: (workspaceId) => projector.forget(workspaceId),
    stored: (workspaceId, head) => projector.stored(workspaceId, head),
  });
  projector.start();
  eraser.start();
  try {
    await eraser.done();
  } finally {
    await eraser.stop();
    await projector.stop();
  }
}
