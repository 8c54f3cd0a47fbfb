import { asc, eq } from 'drizzle-orm';
import { devices } from '../schema/index.ts';
import { nameField } from './field-rules.ts';
import { Repository, type NewRow, type Row } from './repository.ts';
import * as rule from './rule.ts';
import type { WorkspaceReplica } from './workspace-replica.ts';

export type Device = Row<typeof devices>;

const siteIdField = rule.where(rule.text(), (id) => /^[0-9a-f]{32}$/.test(id), 'Lower-case hex of 16 bytes');

/** Names for the replicas of the workspace. */
export class DeviceRepository extends Repository<typeof devices, 'siteId' | 'name'> {
  constructor(replica: WorkspaceReplica) {
    super(replica, { table: devices, rules: { siteId: siteIdField, name: nameField } });
  }

  /** Gives this replica its device, or brings the one it has up to date, out of the trash if need be. */
  register(device: Omit<NewRow<typeof devices, 'name'>, 'id' | 'siteId'>): Device {
    return this.transaction('register', () => {
      const { siteId } = this.replica;
      const known = this.#findBySite(siteId);
      if (!known) return this.create({ ...device, siteId });
      this.restore(known.id);
      return this.update(known.id, device);
    });
  }

  /** This replica's own. */
  current(): Device | undefined {
    const device = this.#findBySite(this.replica.siteId);
    return device?.deletedAt === null ? device : undefined;
  }

  /** Records that the device has just synced. */
  touch(id: string): Device {
    return this.stamp(id, { lastSyncAt: this.replica.now() });
  }

  rename(id: string, name: string): Device {
    return this.update(id, { name });
  }

  #findBySite(siteId: string): Device | undefined {
    return this.read(() =>
      this.replica.db.select().from(devices).where(eq(devices.siteId, siteId)).orderBy(asc(devices.id)).get(),
    );
  }
}
