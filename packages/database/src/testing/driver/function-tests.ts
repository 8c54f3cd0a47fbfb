import { expect, test } from 'vitest';
import type { BindValue, Driver } from '../../engine/driver.ts';

export function functionTests(driver: () => Driver): void {
  test('receives and returns every type', () => {
    driver().function('same', { safeIntegers: true }, (value) => value);
    const same = (value: BindValue) => driver().prepare('SELECT same(?)').pluck().safeIntegers().get(value);
    for (const value of [null, 5n, 2n ** 62n, -3n, 1.5, 'text', 'a\0b', '😀', 'x'.repeat(100_000)]) {
      expect(same(value)).toEqual(value);
    }
    expect(Uint8Array.from(same(new Uint8Array(0)) as Uint8Array)).toEqual(new Uint8Array(0));
    expect(Uint8Array.from(same(Uint8Array.from([0, 1])) as Uint8Array)).toEqual(Uint8Array.from([0, 1]));
  });

  test('can take any number of arguments', () => {
    driver().function('how_many', { varargs: true }, (...args) => BigInt(args.length));
    expect(driver().prepare('SELECT how_many(), how_many(1, 2, 3)').raw().get()).toEqual([0, 3]);
  });

  test('what it throws is thrown by the statement, and the connection goes on', () => {
    driver().function('fail', {}, () => {
      throw new RangeError('on purpose');
    });
    expect(() => driver().prepare('SELECT fail()').get()).toThrow(new RangeError('on purpose'));
    expect(driver().prepare('SELECT 1').pluck().get()).toBe(1);
  });
}
