import { beforeEach, expect, test } from 'vitest';
import type { Driver } from '../../engine/driver.ts';

export function transactionTests(driver: () => Driver): void {
  beforeEach(() => {
    driver().exec('CREATE TABLE t (id INTEGER PRIMARY KEY)');
  });
  const insert = (id: number) => driver().prepare('INSERT INTO t VALUES (?)').run(id);
  const ids = () => driver().prepare('SELECT id FROM t ORDER BY id').pluck().all();

  test('commits what it did, and returns what its body returned', () => {
    const sum = driver().transaction((a: number, b: number) => {
      insert(a);
      insert(b);
      expect(driver().inTransaction).toBe(true);
      return a + b;
    });
    expect(sum(1, 2)).toBe(3);
    expect(driver().inTransaction).toBe(false);
    expect(ids()).toEqual([1, 2]);
  });

  test('rolls back when its body throws', () => {
    const failing = driver().transaction(() => {
      insert(1);
      throw new Error('no');
    });
    for (const mode of [failing, failing.deferred, failing.immediate, failing.exclusive]) {
      expect(mode).toThrow('no');
    }
    expect(ids()).toEqual([]);
    expect(driver().inTransaction).toBe(false);
  });

  test('nested, it is a savepoint: what it did goes, what was before stays', () => {
    driver().transaction(() => {
      insert(1);
      expect(() =>
        driver().transaction(() => {
          insert(2);
          driver().transaction(() => insert(3))();
          throw new Error('inner');
        })(),
      ).toThrow('inner');
      driver().transaction(() => insert(4))();
    })();
    expect(ids()).toEqual([1, 4]);
  });

  test('a constraint failure inside can be caught and the rest commits', () => {
    driver().transaction(() => {
      insert(1);
      expect(() => insert(1)).toThrow('UNIQUE');
      insert(2);
    })();
    expect(ids()).toEqual([1, 2]);
  });

  test('a body that returns a promise is refused and rolled back', () => {
    const body = driver().transaction(() => {
      insert(1);
      return Promise.resolve();
    });
    expect(() => body()).toThrow(TypeError);
    expect(ids()).toEqual([]);
  });
}
