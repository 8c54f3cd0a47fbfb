import { expect, test } from 'vitest';
import { closeReason } from './close-reason.ts';

test('leaves a short message as it is', () => {
  expect(closeReason('no Hello came in time')).toBe('no Hello came in time');
  expect(closeReason('x'.repeat(123))).toHaveLength(123);
});

test('cuts a long one between characters, to what WebSocket has room for', () => {
  for (const character of ['x', 'é', '漢', '🙂']) {
    const reason = closeReason(character.repeat(124));
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    expect(Buffer.byteLength(reason)).toBeGreaterThan(116);
    expect(reason.replaceAll(character, '')).toBe('…');
  }
});
