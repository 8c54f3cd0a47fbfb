/** Whether the browser may throw the databases away when the device runs out of space. */
export interface Persistence {
  /** True: only the user can delete them. False: the browser may, so what is not synced yet is at risk. */
  readonly persisted: boolean;
  readonly quotaBytes?: number | undefined;
  readonly usedBytes?: number | undefined;
}

/**
 * Asks the browser never to throw the databases away, which may ask the user. Only a page can ask; a worker is told how
 * things stand.
 */
export async function requestPersistence(): Promise<Persistence> {
  const storage = navigator.storage as Partial<StorageManager & PageStorage> | undefined;
  const persisted = (await (storage?.persist?.() ?? storage?.persisted?.())) ?? false;
  const { quota, usage } = (await storage?.estimate?.()) ?? {};
  return { persisted, quotaBytes: quota, usedBytes: usage };
}

/** What a page's `navigator.storage` has beyond a worker's. */
interface PageStorage {
  persist(): Promise<boolean>;
}
