/** What the worker of a simulated device can be told. */
import { openBrowserReplica } from '@tributary/database/browser';
import { wasmUrl } from '@tributary/database/wasm-url';
import { simSchema } from '../../convergence/sim-schema.mjs';
import { SimulatedDevice, type RelayAccess } from './simulated-device.ts';

/** A worker that was terminated may hold its files for a while on a busy machine. */
const OPEN_WAIT_MS = 20_000;
const EDIT_PAUSE_MS = 5;

let running: SimulatedDevice | undefined;

function device(): SimulatedDevice {
  if (running === undefined) throw new Error('no device is started in this worker');
  return running;
}

export const simulationOperations = {
  startDevice: async (name: string, access: RelayAccess): Promise<void> => {
    const replica = await openBrowserReplica({ name, wasm: wasmUrl, schema: simSchema, waitMs: OPEN_WAIT_MS });
    running = new SimulatedDevice(replica, access);
  },
  edit: (seed: number) => device().edit(seed),
  /** Notes each edit once it is on the disk. Faster, it would keep the page from hearing anything else. */
  editForever: async (seed: number): Promise<void> => {
    for (let next = seed; ; next++) {
      postMessage({ note: device().edit(next) });
      await new Promise((resolve) => setTimeout(resolve, EDIT_PAUSE_MS));
    }
  },
  connect: () => device().client.connect(),
  disconnect: () => device().client.disconnect(),
  sync: () => device().sync(),
  status: () => device().status,
  view: () => device().view(),
  /** Of a database that nobody has open. */
  copyDatabase: async (from: string, to: string): Promise<void> => {
    const root = await navigator.storage.getDirectory();
    const home = await root.getDirectoryHandle('tributary');
    const [source, target] = [await home.getDirectoryHandle(from), await home.getDirectoryHandle(to, { create: true })];
    for (const name of ['database', 'wal']) {
      const bytes = await (await (await source.getFileHandle(name)).getFile()).arrayBuffer();
      const copy = await (await target.getFileHandle(name, { create: true })).createWritable();
      await copy.write(bytes);
      await copy.close();
    }
  },
};
