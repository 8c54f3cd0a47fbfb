import { expect, test } from 'vitest';
import { packKey } from '../changes/packed-key.ts';
import { openReplica } from '../replica/open-replica.ts';
import { agents, projects, settings } from './index.ts';

test('JSON columns keep objects, lists and single values', () => {
  const replica = openReplica({ path: ':memory:', engine: 'wasm' });
  const { db } = replica;
  db.insert(projects)
    .values({ id: 'p', settings: { build: { target: 'web' } } })
    .run();
  db.insert(agents)
    .values({ id: 'a', capabilities: ['search', 'code'] })
    .run();
  for (const [key, value] of Object.entries({ theme: 'dark', size: 14, flags: [true], none: null })) {
    db.insert(settings).values({ userId: '', key, value }).run();
  }
  expect(db.select().from(projects).get()?.settings).toEqual({ build: { target: 'web' } });
  expect(db.select().from(agents).get()?.capabilities).toEqual(['search', 'code']);
  const stored = db.select().from(settings).all();
  expect(Object.fromEntries(stored.map(({ key, value }) => [key, value]))).toEqual({
    theme: 'dark',
    size: 14,
    flags: [true],
    none: null,
  });
  replica.close();
});

test.each(['not JSON', '', '[1]', '"text"', 'null'])(
  'a peer’s cell %j in a JSON object column reads as empty, and the table stays readable',
  (val) => {
    const replica = openReplica({ path: ':memory:', engine: 'wasm' });
    const siteId = new Uint8Array(16).fill(1);
    const cell = { table: 'projects', pk: packKey(['p']), colVersion: 1, dbVersion: 1, siteId, cl: 1, seq: 0 };
    replica.applyChanges([
      { ...cell, cid: 'name', val: 'Theirs' },
      { ...cell, cid: 'settings', val },
    ]);
    expect(replica.db.select().from(projects).all()).toMatchObject([{ name: 'Theirs', settings: {} }]);
    replica.close();
  },
);
