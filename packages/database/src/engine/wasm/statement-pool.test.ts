import { expect, test } from 'vitest';
import type { Connection, Handle } from './connection.ts';
import { StatementPool } from './statement-pool.ts';

/** Compiles anything, and counts what is alive. */
function fakeConnection() {
  const live = new Set<Handle>();
  let pointer = 0;
  const connection: Pick<Connection, 'compile' | 'finalize'> = {
    compile: () => {
      const handle: Handle = {
        pointer: ++pointer,
        isReader: true,
        parameterCount: 0,
        parameterNames: undefined,
        columnNames: undefined,
        isLent: false,
        isLive: true,
        isExtra: false,
      };
      live.add(handle);
      return handle;
    },
    finalize: (handle) => void live.delete(handle),
  };
  return { connection: connection as Connection, live };
}

test('the same SQL gets the same handle', () => {
  const pool = new StatementPool(fakeConnection().connection, 3);
  expect(pool.borrow('a')).toBe(pool.borrow('a'));
});

test('never more handles live than its capacity, the least recently used go first', () => {
  const { connection, live } = fakeConnection();
  const pool = new StatementPool(connection, 3);
  const [a, b] = [pool.borrow('a'), pool.borrow('b')];
  pool.borrow('c');
  pool.borrow('a');
  for (let i = 0; i < 100; i++) {
    pool.borrow('a');
    pool.borrow(`${i}`);
    expect(live.size).toBe(3);
  }
  expect([a.isLive, b.isLive]).toEqual([true, false]);
});

test('a lent handle is neither given to another nor evicted', () => {
  const { connection, live } = fakeConnection();
  const pool = new StatementPool(connection, 1);
  const outer = pool.borrow('a');
  outer.isLent = true;
  const inner = pool.borrow('a');
  expect(inner).not.toBe(outer);
  inner.isLent = true;
  pool.giveBack(inner);
  expect([inner.isLive, outer.isLive]).toEqual([false, true]);
  pool.borrow('b');
  expect(outer.isLive).toBe(true);
  expect(live.has(outer)).toBe(true);
});

test('clearing finalizes idle handles at once and lent ones when they come back', () => {
  const { connection, live } = fakeConnection();
  const pool = new StatementPool(connection, 3);
  pool.borrow('idle');
  const lent = pool.borrow('lent');
  lent.isLent = true;
  pool.clear();
  expect([...live]).toEqual([lent]);
  pool.giveBack(lent);
  expect(live.size).toBe(0);
  expect(pool.borrow('lent')).not.toBe(lent);
});
