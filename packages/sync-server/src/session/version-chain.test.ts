import { expect, test } from 'vitest';
import { VersionChain } from './version-chain.ts';

test('begins anywhere', () => {
  expect(new VersionChain().follows(0)).toBe(true);
  expect(new VersionChain().follows(7)).toBe(true);
});

test('goes on only where the last accepted push ended', () => {
  const chain = new VersionChain();
  chain.accepted(5);
  expect(chain.follows(5)).toBe(true);
  expect(chain.follows(6)).toBe(false);
  expect(chain.follows(4)).toBe(false);
});

test('stays where it is when a push is refused', () => {
  const chain = new VersionChain();
  chain.accepted(5);
  chain.refused(5);
  chain.refused(9);
  expect(chain.follows(5)).toBe(true);
  expect(chain.follows(9)).toBe(false);
});

test('does not begin after a push that was refused as the first', () => {
  const chain = new VersionChain();
  chain.refused(3);
  chain.refused(5);
  expect(chain.follows(5)).toBe(false);
  expect(chain.follows(3)).toBe(true);
  expect(chain.follows(1)).toBe(true);
});

test('goes back to where the first undone push began', () => {
  const chain = new VersionChain();
  chain.accepted(5);
  chain.accepted(8);
  chain.accepted(9);
  chain.undone(5);
  chain.undone(8);
  expect(chain.follows(9)).toBe(false);
  expect(chain.follows(8)).toBe(false);
  expect(chain.follows(5)).toBe(true);
});
