/** The same over the platform's own channels, which clone and are late as in a browser; only locks are ours. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openReplica, type Replica } from '@tributary/database';
import { expect, onTestFinished, test } from 'vitest';
import { notesSchema } from '../testing/notes-replica.ts';
import { connectTabs } from './page/connect-tabs.ts';
import type { Locks, WorkerEnd } from './ports.ts';
import { noteCommands } from './testing/notes-tabs.ts';
import { startTabWorker } from './worker/start-tab-worker.ts';

/** One queue for each name, in one thread. */
function queuedLocks(): Locks {
  const queues = new Map<string, Promise<void>>();
  return {
    request: (name, hold) => {
      const turn = (queues.get(name) ?? Promise.resolve()).then(hold);
      queues.set(name, turn);
      return turn;
    },
  };
}

test('tabs work over BroadcastChannel and MessageChannel', async () => {
  const database = crypto.randomUUID();
  const locks = queuedLocks();
  let replica: Replica | undefined;
  const open = async () => (replica = openReplica({ path: ':memory:', engine: 'wasm', schema: notesSchema }));
  const start = () => {
    const { port1, port2 } = new MessageChannel();
    for (const port of [port1, port2]) port.start();
    const openChannel = (name: string) => {
      const channel = new BroadcastChannel(name);
      onTestFinished(() => channel.close());
      return channel;
    };
    startTabWorker<Replica, Replica>(
      { database, open, repositories: (opened) => opened, commands: noteCommands },
      { page: port2, locks, openChannel },
    );
    const worker: WorkerEnd = Object.assign(port1, { terminate: () => port1.close() });
    const tabs = connectTabs<typeof noteCommands>({ database, startWorker: () => worker });
    onTestFinished(() => tabs.close());
    return tabs;
  };
  const [first, second] = [start(), start()];
  const live = second.watchSql('SELECT title FROM notes ORDER BY id');
  const seen: unknown[] = [];
  live.subscribe(() => seen.push(live.getSnapshot()));
  await first.run('write', { id: '1', title: 'a' });
  await second.run('write', { id: '2', title: 'b' });
  expect(seen.at(-1)).toEqual([['a'], ['b']]);
  await expect(second.run('failAfterWriting')).rejects.toThrow(new RangeError('on purpose'));
  await second.undoStack.undo();
  expect(await first.query('SELECT title FROM notes')).toEqual([['a']]);
  replica?.close();
});

const VALUE_IMPORT = /^(?:import|export)(?! type\b)[^;]*? from '([^']+)';/gm;

test('no module of it, nor any that it loads, needs Node', () => {
  const entry = fileURLToPath(new URL('index.ts', import.meta.url));
  const found = new Set([entry]);
  for (const file of found) {
    if (!file.startsWith('/')) continue;
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(VALUE_IMPORT)) {
      found.add(specifier.startsWith('.') ? path.resolve(path.dirname(file), specifier) : specifier);
    }
  }
  const packages = [...found].filter((module) => !module.startsWith('/'));
  expect(found.size).toBeGreaterThan(30);
  expect(packages.filter((name) => /^node:|^ws$|^@tributary\/database$/.test(name))).toEqual([]);
});
