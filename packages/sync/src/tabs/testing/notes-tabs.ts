/** Tabs of a small notes app in a fake browser, over a disk in memory that survives them. */
import type { Migration, Replica } from '@tributary/database';
import { ReplicaDisk } from '@tributary/database/testing';
import { notesSchema } from '../../testing/notes-replica.ts';
import { defineCommands } from '../commands.ts';
import { namesOf } from '../messages.ts';
import { LeftEdits } from '../page/left-edits.ts';
import { Tabs } from '../page/tabs.ts';
import { startTabWorker } from '../worker/start-tab-worker.ts';
import type { TabWorkerOptions } from '../worker/tab-options.ts';
import { FakeBrowser, type FakeTab } from './fake-browser.ts';

export interface NoteInput {
  readonly id: string;
  readonly title: string;
}

export const noteCommands = defineCommands<Replica>()({
  write: ({ repositories }, { id, title }: NoteInput) => {
    const sql = 'INSERT INTO notes (id, title) VALUES (?, ?) ON CONFLICT DO UPDATE SET title = excluded.title';
    repositories.sqlite.prepare(sql).run(id, title);
    return { id, length: title.length };
  },
  /** Done twice it would be seen. */
  append: ({ repositories }, { id, title }: NoteInput) => {
    const sql = `INSERT INTO notes (id, title) VALUES (?, ?) ON CONFLICT DO UPDATE SET title = title || excluded.title`;
    repositories.sqlite.prepare(sql).run(id, title);
    return repositories.sqlite.prepare('SELECT title FROM notes WHERE id = ?').pluck().get(id) as string;
  },
  remove: ({ repositories }, id: string) => {
    repositories.sqlite.prepare('DELETE FROM notes WHERE id = ?').run(id);
  },
  link: ({ repositories }, [source, target]: readonly [string, string]) => {
    repositories.sqlite.prepare('INSERT INTO links VALUES (?, ?, ?)').run(source, target, 'to');
  },
  failAfterWriting: ({ repositories }) => {
    repositories.sqlite.prepare(`INSERT INTO notes (id, title) VALUES ('failed', '')`).run();
    throw new RangeError('on purpose');
  },
});

export type NotesTabs = Tabs<typeof noteCommands>;

export interface OpenTab {
  readonly tab: FakeTab;
  readonly tabs: NotesTabs;
}

type Options = TabWorkerOptions<Replica, Replica>;

export class NotesBrowser {
  readonly browser = new FakeBrowser();
  disk = new ReplicaDisk();
  /** What the leading tab has open. */
  replica: Replica | undefined;
  /** How often it was opened. */
  opened = 0;

  /** A tab that has started, and whose worker is already at work when this resolves. */
  async open(options: Partial<Options> = {}, tab?: FakeTab): Promise<OpenTab> {
    const opened = this.start(options, tab);
    await this.browser.pass();
    return opened;
  }

  start(options: Partial<Options> = {}, tab: FakeTab = this.browser.tab()): OpenTab {
    const run = () =>
      startTabWorker<Replica, Replica>(
        {
          database: 'notes',
          open: async () => this.openReplica(tab),
          repositories: (replica) => replica,
          commands: noteCommands,
          ...options,
        },
        tab.platform,
      );
    const { clock, newId } = tab;
    const { storage } = this.browser;
    const tabs: NotesTabs = new Tabs({
      startWorker: () => tab.startWorker(run),
      leftEdits: new LeftEdits({ storage, prefix: namesOf('notes').leftEdits, newId }),
      clock,
      newId,
    });
    return { tab, tabs };
  }

  get leader(): FakeTab | undefined {
    return this.browser.holderOf('tributary:notes');
  }

  pass(ms?: number): Promise<void> {
    return this.browser.pass(ms);
  }

  /** What the promise comes to, once some time has passed. */
  async settle<T>(promise: Promise<T>, ms?: number): Promise<T> {
    const outcome = promise.then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    await this.pass(ms);
    const unsettled = new Promise<() => never>((resolve) => {
      setImmediate(() =>
        resolve(() => {
          throw new Error('there is no answer yet');
        }),
      );
    });
    return (await Promise.race([outcome, unsettled]))();
  }

  async titles({ tabs }: OpenTab): Promise<unknown[]> {
    const rows = await this.settle(tabs.query('SELECT title FROM notes ORDER BY id'));
    return rows.map(([title]) => title);
  }

  openReplica(tab: FakeTab, newMigrations: readonly Migration[] = []): Replica {
    const schema = { ...notesSchema, migrations: [...notesSchema.migrations, ...newMigrations] };
    const replica = this.disk.open(schema, {
      now: () => this.browser.clock.now(),
      newId: () => crypto.randomUUID(),
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
    this.replica = replica;
    this.opened++;
    // The process is gone, and the disk is as it is at this moment.
    tab.onWorkerDeath(() => {
      if (this.replica === replica) this.disk = this.disk.copy();
    });
    return replica;
  }
}
