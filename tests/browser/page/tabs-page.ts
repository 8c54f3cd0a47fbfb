/** A page of the app, of the release that its address says, and what a test may ask of it. */
import { connectTabs, type PageWindow, type Row, type TabConnection } from '@tributary/sync/tabs';
import type { AppCommands, ItemInput } from './releases.ts';

export interface TabsApi {
  connection(): TabConnection;
  write(item: ItemInput): Promise<void>;
  /** Only the new release has it. */
  label(id: string, name: string): Promise<void>;
  query(sql: string): Promise<readonly Row[]>;
  /** The ids of all items, as the page is shown them live. */
  shown(): readonly Row[] | undefined;
}

const name = new URLSearchParams(location.search).get('release') ?? '';
const startWorker = () => new Worker(new URL('./tabs-worker.ts', import.meta.url), { type: 'module', name });
// The types here are a worker's, which has no window.
const window = globalThis as unknown as PageWindow;
const tabs = connectTabs<AppCommands>({ database: 'shared', startWorker, window });
const live = tabs.watchSql('SELECT id FROM items ORDER BY id');
live.subscribe(() => {});

const api: TabsApi = {
  connection: () => tabs.connection.getSnapshot(),
  write: (item) => tabs.run('write', item),
  label: (id, label) => tabs.run('label', { id, name: label }),
  query: (sql) => tabs.query(sql),
  shown: () => live.getSnapshot(),
};
Object.assign(globalThis, { tributary: api });
