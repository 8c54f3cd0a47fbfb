import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { expect, test } from 'vitest';
import { runDriverTests } from '../../testing/driver-tests.ts';
import { describeEachEngine } from '../../testing/engines.ts';
import { temporaryPath } from '../../testing/temporary-path.ts';
import { openDriver } from './open-driver.ts';

describeEachEngine('driver acceptance', (engine) => {
  test('drizzle-orm/better-sqlite3 takes it for a database of its own', () => {
    const driver = openDriver({ path: ':memory:', engine });
    driver.exec('CREATE TABLE people (name TEXT)');
    const people = sqliteTable('people', { name: text('name') });
    const db = drizzle(driver as never, { schema: { people } });
    db.insert(people).values({ name: 'Ada' }).run();
    expect(db.query.people.findMany().sync()).toEqual([{ name: 'Ada' }]);
    driver.close();
  });

  runDriverTests(engine, { open: (path) => openDriver({ path, engine }), createPath: temporaryPath });
});
