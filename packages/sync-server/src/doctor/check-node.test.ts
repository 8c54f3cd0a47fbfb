import { expect, test } from 'vitest';
import { checkNode } from './check-node.ts';

const RANGE = '^20.19.0 || ^22.12.0 || >=24.0.0';

test.each(['20.19.0', '20.20.2', '22.12.1', '24.0.0', '26.1.0'])('Node %s is good', (version) => {
  expect(checkNode(version, RANGE).state).toBe('ok');
});

test.each(['18.20.0', '20.18.9', '21.9.0', '22.11.9', '23.5.0'])('Node %s is told with which to install', (version) => {
  expect(checkNode(version, RANGE)).toMatchObject({
    state: 'wrong',
    remedy: `install Node ${RANGE}: https://nodejs.org/en/download`,
  });
});
