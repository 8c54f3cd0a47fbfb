import { eq, sql } from 'drizzle-orm';
import { blob, integer, real, sqliteTable, text as textColumn } from 'drizzle-orm/sqlite-core';
import { beforeEach, expect, test } from 'vitest';
import type { Driver } from '../../engine/driver.ts';
import { drizzleOver } from '../../replica/drizzle.ts';

const people = sqliteTable('people', {
  id: integer('id').primaryKey(),
  name: textColumn('name').notNull(),
  isAdmin: integer('is_admin', { mode: 'boolean' }).notNull().default(false),
  bornAt: integer('born_at', { mode: 'timestamp_ms' }),
  settings: textColumn('settings', { mode: 'json' }).$type<{ theme: string }>(),
  score: real('score'),
});

const files = sqliteTable('files', {
  photo: blob('photo', { mode: 'buffer' }),
  big: blob('big', { mode: 'bigint' }),
});

/** Drizzle reads its blob columns into Node's Buffer, which a browser does not have. */
const hasBuffer = typeof Buffer !== 'undefined';

export function drizzleTests(driver: () => Driver): void {
  const database = () => drizzleOver(driver(), { people, files });
  type Database = ReturnType<typeof database>;
  let db: Database;
  beforeEach(() => {
    driver().exec(`CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, is_admin INTEGER NOT NULL DEFAULT 0,
      born_at INTEGER, settings TEXT, score REAL); CREATE TABLE files (photo BLOB, big BLOB)`);
    db = database();
  });

  test('inserts, updates, upserts, deletes and returns typed rows', () => {
    const ada = {
      id: 1,
      name: 'Ada',
      isAdmin: true,
      bornAt: new Date(-4_861_036_800_000),
      settings: { theme: 'dark' },
      score: 9.5,
    };
    expect(db.insert(people).values(ada).returning().get()).toEqual(ada);
    expect(db.update(people).set({ score: 10 }).where(eq(people.id, 1)).run()).toMatchObject({ changes: 1 });
    db.insert(people)
      .values({ id: 1, name: 'Ada L.' })
      .onConflictDoUpdate({ target: people.id, set: { name: sql`excluded.name` } })
      .run();
    expect(db.select().from(people).all()).toEqual([{ ...ada, name: 'Ada L.', score: 10 }]);
    expect(db.query.people.findFirst({ where: eq(people.id, 1), columns: { name: true } }).sync()).toEqual({
      name: 'Ada L.',
    });
    expect(db.delete(people).run()).toMatchObject({ changes: 1 });
  });

  if (hasBuffer) {
    test('blob columns read as a Buffer or a bigint', () => {
      const file = { photo: Buffer.from([1, 2]), big: 2n ** 60n };
      expect(db.insert(files).values(file).returning().get()).toEqual(file);
    });
  }

  test('nested transactions roll back alone', () => {
    db.transaction((outer) => {
      outer.insert(people).values({ id: 1, name: 'kept' }).run();
      expect(() =>
        outer.transaction((inner) => {
          inner.insert(people).values({ id: 2, name: 'lost' }).run();
          throw new Error('no');
        }),
      ).toThrow('no');
    });
    expect(db.select({ id: people.id }).from(people).all()).toEqual([{ id: 1 }]);
  });

  test('prepared queries with placeholders run again and again', () => {
    const byName = db
      .select()
      .from(people)
      .where(eq(people.name, sql.placeholder('name')))
      .prepare();
    db.insert(people)
      .values([
        { id: 1, name: 'Ada' },
        { id: 2, name: 'Grace' },
      ])
      .run();
    expect([byName.get({ name: 'Ada' })?.id, byName.get({ name: 'Grace' })?.id, byName.get({ name: 'x' })]).toEqual([
      1,
      2,
      undefined,
    ]);
  });
}
